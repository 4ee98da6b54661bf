#!/bin/sh
# Installs fleetize-etl from this folder, on a Linux with glibc and systemd. Run it as root; run it again to upgrade.
#
#   ./install.sh [--prefix DIRECTORY]    default: /usr/local
#   ./install.sh --uninstall             removes programs and units; /etc/fleetize-etl, /var/lib/fleetize-etl and the database stay
#
# DESTDIR=DIRECTORY installs into a tree and creates no user.
set -eu
cd "$(dirname "$0")"
prefix=/usr/local
uninstall=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || { sed -n '2,7p' "$0" >&2; exit 64; }; prefix=$2; shift ;;
    --uninstall) uninstall=yes ;;
    *) sed -n '2,7p' "$0" >&2; exit 64 ;;
  esac
  shift
done
root=${DESTDIR:-}
units=/etc/systemd/system
programs='fleetize-etl fleetize-simulator'

reload_systemd() {
  if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
}

if [ -n "$uninstall" ]; then
  for unit in systemd/*; do
    name=$(basename "$unit")
    case $name in *@*) ;; *) [ -n "$root" ] || [ ! -d /run/systemd/system ] || systemctl disable --now "$name" 2>/dev/null || true ;; esac
    rm -f "$root$units/$name"
  done
  for program in $programs; do
    rm -f "$root$prefix/bin/$program" "$root$prefix/share/bash-completion/completions/$program" \
      "$root$prefix/share/zsh/site-functions/_$program" "$root$prefix/share/fish/vendor_completions.d/$program.fish" \
      "$root$prefix/share/man/man1/$program".1 "$root$prefix/share/man/man1/$program"[-.]*.1
  done
  rm -rf "$root$prefix/share/doc/fleetize-etl"
  reload_systemd
  exit 0
fi

# Report a missing library now, not at midnight.
for program in $programs; do
  if [ -z "$root" ] && ! "bin/$program" --help >/dev/null 2>&1; then
    ldd "bin/$program" | grep 'not found' >&2 || true
    echo "install.sh: bin/$program does not run here; install libpq 15 or newer, libzstd and zlib, or build from source" >&2
    exit 69
  fi
done

put() { mkdir -p "$(dirname "$root$3")" && cp "$2" "$root$3" && chmod "$1" "$root$3"; }

if [ -z "$root" ] && ! id fleetize >/dev/null 2>&1; then
  useradd --system --user-group --home-dir /var/lib/fleetize-etl --no-create-home --shell /usr/sbin/nologin \
    --comment 'FLEETIZE exporter' fleetize
fi

for program in $programs; do
  # The file of a running program cannot be overwritten, but it can be replaced.
  put 755 "bin/$program" "$prefix/bin/.$program.new"
  mv "$root$prefix/bin/.$program.new" "$root$prefix/bin/$program"
  put 644 "completions/$program.bash" "$prefix/share/bash-completion/completions/$program"
  put 644 "completions/$program.zsh" "$prefix/share/zsh/site-functions/_$program"
  put 644 "completions/$program.fish" "$prefix/share/fish/vendor_completions.d/$program.fish"
done
for page in man/*.1; do put 644 "$page" "$prefix/share/man/man1/$(basename "$page")"; done
for page in doc/*; do put 644 "$page" "$prefix/share/doc/fleetize-etl/$(basename "$page")"; done
for unit in systemd/*; do
  put 644 "$unit" "$units/$(basename "$unit")"
  sed -i "s|/usr/bin/fleetize-etl|$prefix/bin/fleetize-etl|" "$root$units/$(basename "$unit")"
done

# Existing settings are kept.
mkdir -p "$root/etc/fleetize-etl" "$root/var/lib/fleetize-etl"
[ -e "$root/etc/fleetize-etl/config.yaml" ] || put 640 etc/config.yaml /etc/fleetize-etl/config.yaml
[ -e "$root/etc/fleetize-etl/backfill" ] || put 644 etc/backfill /etc/fleetize-etl/backfill
[ -e "$root/etc/fleetize-etl/on-failure" ] || put 755 etc/on-failure /etc/fleetize-etl/on-failure
[ -e "$root/etc/fleetize-etl/token" ] || (umask 077 && : >"$root/etc/fleetize-etl/token" && chmod 640 "$root/etc/fleetize-etl/token")
chmod 750 "$root/etc/fleetize-etl" "$root/var/lib/fleetize-etl"
if [ -z "$root" ]; then
  chown root:fleetize /etc/fleetize-etl /etc/fleetize-etl/config.yaml /etc/fleetize-etl/token
  chown fleetize:fleetize /var/lib/fleetize-etl
fi
reload_systemd
cat <<TEXT
Installed $("bin/fleetize-etl" --version) in $root$prefix. Next: $root$prefix/share/doc/fleetize-etl/packages.md
TEXT
