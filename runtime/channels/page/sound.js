// The browser's microphone and loudspeaker.

const WAITING_MAX = 64 * 1024; // bytes not yet sent, above which sound of the microphone is dropped

export class Sound {
  /** `heard(at, pcm)`: a frame of the microphone; `played(samples, epoch)`; `level(side, 0…1)`; `waiting()`: bytes. */
  constructor({ heard, played, level, waiting }) {
    Object.assign(this, { heard, played, level, waiting });
    this.context = null;
    this.stream = null;
    this.volumeLevel = 1;
    this.microphoneOn = true;
  }

  /** Ask for the microphone and start. Returns false if there is none, or it is refused. */
  async open() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({
        // our own voice is not to come back, and who stands further away is to be heard; noise suppression helps the ear
        // and hurts recognition
        audio: { echoCancellation: true, noiseSuppression: false, autoGainControl: true, channelCount: 1 },
      });
      await this.start();
      return true;
    } catch (error) {
      console.info("no microphone:", error.name ?? error);
      this.close();
      return false;
    }
  }

  async start() {
    if (!this.context) {
      const context = new AudioContext({ latencyHint: "interactive" });
      await Promise.all(["capture.js", "playback.js"].map((file) => context.audioWorklet.addModule(file)));
      this.loudspeaker = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
      this.gain = new GainNode(context, { gain: this.volumeLevel });
      this.loudspeaker.connect(this.gain).connect(context.destination);
      this.loudspeaker.port.onmessage = ({ data }) => {
        this.played(data.played, data.epoch);
        this.level("voice", data.level);
      };
      this.context = context;
    }
    await this.context.resume();
    this.source = new MediaStreamAudioSourceNode(this.context, { mediaStream: this.stream });
    this.capture = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    this.source.connect(this.capture);
    this.microphone(this.microphoneOn);
  }

  /** A visit begins: both streams count from 0. */
  begin() {
    this.loudspeaker?.port.postMessage({ begin: true });
    if (!this.capture) return;
    let at = 0;
    this.capture.port.onmessage = ({ data }) => {
      const pcm = new Uint8Array(data.pcm);
      if (this.waiting() < WAITING_MAX) this.heard(at, pcm);
      at += pcm.length / 2;
      this.level("microphone", data.level);
    };
  }

  /** Samples as a Uint8Array of int16. */
  play(pcm) {
    const own = pcm.slice().buffer;
    this.loudspeaker?.port.postMessage({ pcm: own }, [own]);
  }

  hush(epoch) {
    this.loudspeaker?.port.postMessage({ hush: epoch });
  }

  volume(level) {
    this.volumeLevel = level;
    if (this.gain) this.gain.gain.setTargetAtTime(level * level, this.context.currentTime, 0.02);
  }

  microphone(on) {
    this.microphoneOn = on;
    for (const track of this.stream?.getTracks() ?? []) track.enabled = on;
  }

  /** Let the microphone go; nothing is heard or played until `open`. */
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.source?.disconnect();
    if (this.capture) this.capture.port.onmessage = null;
    this.loudspeaker?.port.postMessage({ begin: true });
    this.stream = this.source = this.capture = null;
    this.context?.suspend();
  }
}
