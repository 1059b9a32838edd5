#!/bin/sh
# Puts sqlmap and wapiti in place for `make attack`; instant when they are there.
set -eu

if command -v sqlmap >/dev/null 2>&1 && command -v wapiti >/dev/null 2>&1; then
    exit 0
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    as_root="sudo -n"
fi
echo "Installing sqlmap and wapiti …"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends sqlmap wapiti >/dev/null
