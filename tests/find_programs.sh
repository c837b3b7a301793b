#!/bin/sh
# Finds the programs of others that tests open the app and its files with, or installs Debian's packages where that is
# allowed. Without one the tests still run; those that need it then skip and say so.
absent=""

# lacks PACKAGE PROGRAM...: notes the package unless one of its programs is here.
lacks() {
    package=$1
    shift
    for program in "$@"; do
        if command -v "$program" >/dev/null 2>&1 || [ -x "$program" ]; then
            return
        fi
    done
    absent="$absent $package"
}

lacks chromium chromium chromium-browser google-chrome google-chrome-stable
lacks poppler-utils pdftotext
lacks librsvg2-bin rsvg-convert
lacks gdal-bin ogrinfo
lacks libreoffice-writer-nogui libreoffice soffice
lacks libreoffice-calc-nogui /usr/lib/libreoffice/program/scalc /usr/lib/libreoffice/program/libsclo.so
lacks libreoffice-impress-nogui /usr/lib/libreoffice/program/simpress /usr/lib/libreoffice/program/libsdlo.so
lacks postgresql initdb /usr/lib/postgresql/*/bin/initdb

if [ -z "$absent" ]; then
    exit 0
fi
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Not found:$absent. Installing Debian's packages for the tests."
    apt-get update -qq || true
    for package in $absent; do
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
            echo "NOTE: $package cannot be installed here: the tests that need it will be left out." >&2
    done
    exit 0
fi
echo "NOTE: not here, and no way to install it:$absent. The tests that need it will be left out." >&2
exit 0
