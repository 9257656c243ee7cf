#!/bin/sh
# What the tests need beside Python: Chromium, Orthanc with DICOMweb, PostgreSQL. Installs them on Debian as root; elsewhere
# it says what to install. With CI=true something missing is a failure; otherwise the tests that need it are skipped.
set -u

find_missing() {
    missing=""
    command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
    command -v Orthanc >/dev/null 2>&1 || missing="$missing orthanc"
    ls /usr/share/orthanc/plugins/libOrthancDicomWeb.so* >/dev/null 2>&1 || missing="$missing orthanc-dicomweb"
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
    command -v pdftoppm >/dev/null 2>&1 || missing="$missing poppler-utils"
}

find_missing
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the tests:$missing"
    apt-get update -qq >/dev/null 2>&1
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1
    find_missing
fi
[ -z "$missing" ] && exit 0
echo "The tests also need:$missing. On Debian or Ubuntu: sudo apt-get install$missing" >&2
[ "${CI:-}" = true ] && exit 1
echo "Tests that need them are skipped." >&2
exit 0
