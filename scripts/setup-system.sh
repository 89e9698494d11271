#!/usr/bin/env bash
# `npm run setup:system`: the system packages that the whole test run needs
# (Debian and Ubuntu; needs root, uses sudo where it is not). Safe to repeat.
set -euo pipefail

packages=(
  chromium                                  # end-to-end tests in a browser
  xvfb xauth libgtk-3-0 libnss3 libasound2  # Electron in a window of its own
  libgbm1 libxss1 libxtst6 libatspi2.0-0 libnotify4
  fonts-dejavu-core
  squashfs-tools python3 python3-pip        # the test Electron and Envoy, from Python wheels
  iproute2 iptables bubblewrap              # process pods: network and mount namespaces
)

if ! command -v apt-get >/dev/null; then
  echo "This script knows apt-get only. Install by hand: ${packages[*]}" >&2
  exit 1
fi
missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q '^install ok' || missing+=("$package")
done
if command -v pip >/dev/null; then
  # A pip that is there already serves; Debian's would come beside it.
  missing=("${missing[@]/python3-pip/}")
fi
read -ra missing <<<"${missing[*]:-}"
if [ ${#missing[@]} -gt 0 ]; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  echo "Installing ${missing[*]}"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -q
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
fi
command -v go >/dev/null || echo "Go is missing (https://go.dev/dl, 1.26 or newer): the rig builds its servers with it." >&2
echo "System packages are in place."
