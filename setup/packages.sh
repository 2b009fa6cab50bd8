#!/bin/sh
# Installs the Debian packages that are missing: `setup/packages.sh run` to run the program, `… test` for its tests
# too, `… pbx` for those that need a PBX. docs/dependencies.md says what each is for.
set -eu

run="
  build-essential pkg-config python3-dev python3-venv
  espeak-ng libportaudio2 tzdata
  swig xz-utils dpkg-dev libgsm1-dev libopus-dev libspeexdsp-dev libsrtp2-dev libssl-dev uuid-dev
"
test="
  baresip chromium dnsmasq-base kamailio kamailio-tls-modules linphone-cli openssl postgresql sip-tester
  fonts-dejavu-core fonts-noto-color-emoji libasound2-plugins pulseaudio
  asterisk-core-sounds-en-wav asterisk-core-sounds-es-wav
"

pbx="mmdebstrap"

case "${1:-run}" in
  run) wanted=$run ;;
  test) wanted="$run $test" ;;
  pbx) wanted="$run $test $pbx" ;;
  *) echo "usage: $0 run|test|pbx" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian. Install what corresponds to:" $wanted >&2
  exit 0
fi

missing=""
for package in $wanted; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "Installing the Debian packages that are missing:$missing" >&2
if [ "$(id -u)" -eq 0 ]; then
  as_root=""
elif command -v sudo >/dev/null; then
  as_root="sudo"
else
  echo "Neither root nor sudo. Ask somebody who may to run: apt-get install$missing" >&2
  exit 1
fi
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y -o Dpkg::Use-Pty=0 --no-install-recommends $missing
