/* PJSIP's own Python interface with our ring port and our say in its signalling added. */
%module(directors="1") pjsua2

/* PJSIP tells of these on the thread of the media clock, whenever a call joins or leaves the bridge: no overriding them
 * in Python, or every other call's sound would wait there for the GIL. */
%feature("nodirector") pj::Endpoint::onAudioMediaOpCompleted;
%feature("nodirector") pj::Endpoint::onVideoMediaOpCompleted;

%include "pjsua2.i"

%{
#include "ring_port.hpp"
#include "signalling.hpp"
#include "flood_gate.hpp"
#include "rtp_guard.hpp"
#include "requests.hpp"
%}

%include "stdint.i"

/* Buffers of int16 (numpy arrays, array('h'), bytes) go in and out without a copy. The GIL stays held: a copy of 20 ms
 * takes less than letting go of it. */
%define SAMPLE_BUFFER(SIGNATURE, FLAGS)
%typemap(in) SIGNATURE (Py_buffer view = {}) {
    if (PyObject_GetBuffer($input, &view, FLAGS | PyBUF_C_CONTIGUOUS) != 0)
        SWIG_fail;
    if (view.itemsize > 2 || view.len % 2 != 0) {
        PyBuffer_Release(&view);
        view.obj = NULL;
        SWIG_exception_fail(SWIG_TypeError, "expected a buffer of int16 samples");
    }
    $1 = static_cast<int16_t *>(view.buf);
    $2 = static_cast<size_t>(view.len / 2);
}
%typemap(freearg) SIGNATURE {
    if (view$argnum.obj)
        PyBuffer_Release(&view$argnum);
}
%enddef
SAMPLE_BUFFER((int16_t *pcm, size_t count), PyBUF_WRITABLE)
SAMPLE_BUFFER((const int16_t *samples, size_t count), PyBUF_SIMPLE)

%nothread mostrador::RingPort::readInto;
%nothread mostrador::RingPort::readStart;
%nothread mostrador::RingPort::write;
%nothread mostrador::RingPort::clear;
%nothread mostrador::RingPort::available;
%nothread mostrador::RingPort::queued;
%nothread mostrador::RingPort::played;
%nothread mostrador::RingPort::droppedPlay;
%nothread mostrador::RingPort::droppedHeard;
%nothread mostrador::RingPort::underruns;
%nothread mostrador::RingPort::overruns;
%nothread mostrador::RingPort::overlay;
%nothread mostrador::RingPort::tap;
%nothread mostrador::RingPort::readTap;
%nothread mostrador::RingPort::tapStart;
%nothread mostrador::RingPort::tapNow;
%nothread mostrador::RingPort::deliver;
%nothread mostrador::RingPort::take;
%nothread mostrador::ringEventFd;

%include "ring_port.hpp"
%include "signalling.hpp"
%include "flood_gate.hpp"
%include "rtp_guard.hpp"
%include "requests.hpp"

%inline %{
/* How much PJSIP prints, 0 to 6, before libInit sets it: creating the library would print six lines otherwise. */
void setLogLevel(int level) { pj_log_set_level(level); }
%}
