#!/usr/bin/env bash
# Installs Situasi from its bundle on a machine without a network; see --help.
#
# In order: look whether this machine can run it, check the SHA-256 of every file, and only then
# write. A version gets a folder of its own; `current` is switched to it in one step, after a smoke
# test. Data is never touched, settings are made only where they are missing. Break it off anywhere
# and run it again.
set -euo pipefail
umask 022

usage() {
  cat <<'TEXT'
Pemakaian: ./install.sh [pilihan]
  --prefix FOLDER    tempat program (/opt/situasi)
  --data FOLDER      tempat data (/var/lib/situasi)
  --settings FOLDER  tempat situasi.env (/etc/situasi)
  --user NAMA        pengguna yang menjalankan papan (situasi); dibuat bila belum ada
  --python BERKAS    Python yang dipakai (dicari sendiri)
  --no-service       tanpa systemd
  --rollback         kembali ke versi sebelumnya; dijalankan lagi: maju lagi
TEXT
}

say() { printf '%s\n' "$*"; }
refuse() { printf 'Tidak dipasang: %s\n' "$*" >&2; exit 1; }

prefix=/opt/situasi data=/var/lib/situasi settings=/etc/situasi user=situasi
python='' service=yes rollback=no

read_words() {
  while [ $# -gt 0 ]; do
    case $1 in
      --prefix | --data | --settings | --user | --python)
        [ -n "${2:-}" ] || refuse "$1 butuh nilai."
        printf -v "${1#--}" '%s' "$2"
        shift ;;
      --no-service) service=no ;;
      --rollback) rollback=yes ;;
      -h | --help) usage; exit 0 ;;
      *) usage >&2; refuse "pilihan tidak dikenal: $1" ;;
    esac
    shift
  done
  local folder
  for folder in "$prefix" "$data" "$settings"; do
    [[ $folder =~ ^/[A-Za-z0-9._/-]+$ ]] || refuse "folder ditulis lengkap dari /, tanpa spasi: $folder"
  done
  [[ $user =~ ^[a-z_][a-z0-9_-]*$ ]] || refuse "bukan nama pengguna: $user"
}

# ---- may it run here?

read_facts() {
  [ -f "$bundle/FACTS" ] || refuse "jalankan install.sh dari dalam bundel yang sudah dibuka."
  fact() { sed -n "s/^$1=//p" "$bundle/FACTS"; }
  wants_python=$(fact PYTHON) wants_arch=$(fact ARCH) wants_glibc=$(fact GLIBC)
  megabytes=$(fact MEGABYTES) name="$(fact VERSION)-$(fact COMMIT)"
  [[ $name =~ ^[0-9a-z.]+-[0-9a-f]+$ ]] || refuse "berkas bundel rusak: FACTS"
}

is_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

look_at_machine() {
  local tool
  for tool in sha256sum flock find diff sort df awk sed; do
    command -v "$tool" >/dev/null || refuse "perintah $tool tidak ada di mesin ini."
  done
  [ "$(uname -m)" = "$wants_arch" ] \
    || refuse "bundel ini untuk $wants_arch, mesin ini $(uname -m); buat bundel di mesin sejenis."
  local glibc
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | awk '{print $2}') || true
  [ -n "$glibc" ] || refuse "pustaka C mesin ini bukan glibc; pakai Debian, Ubuntu, atau keluarga RHEL."
  is_at_least "$glibc" "$wants_glibc" \
    || refuse "glibc mesin ini $glibc, dibutuhkan $wants_glibc; sistem operasinya terlalu tua."
  find_python
  local free
  free=$(df -Pm "$(nearest "$prefix")" | awk 'NR == 2 {print $4}')
  [ "$free" -ge "$megabytes" ] \
    || refuse "ruang di $prefix tinggal $free MB, dibutuhkan $megabytes MB."
  may_write "$prefix"
  may_write "$data"
  may_write "$settings"
  [ "$(id -u)" -eq 0 ] || [ "$user" = "$(id -un)" ] \
    || refuse "jalankan sebagai root, atau dengan --user $(id -un)."
}

find_python() {
  local one found=''
  for one in ${python:+"$python"} "python$wants_python" "/usr/bin/python$wants_python" python3; do
    command -v "$one" >/dev/null || continue
    found=$("$one" -I -c 'import sys; print(sys.implementation.name, "%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if [ "$found" = "cpython $wants_python" ]; then
      python=$(command -v "$one")
      "$python" -I -c 'import venv, sqlite3, ssl, ctypes, zlib, bz2, lzma' 2>/dev/null \
        || refuse "Python $wants_python di mesin ini tidak lengkap (venv, sqlite3, ssl, ctypes); pasang paket python$wants_python yang penuh."
      return
    fi
    [ "$one" != "$python" ] || refuse "$python adalah ${found:-bukan Python}, dibutuhkan Python $wants_python."
  done
  refuse "Python $wants_python tidak ada di mesin ini${found:+ (yang ada: $found)}; pasang python$wants_python, atau buat bundel dengan Python yang sama."
}

nearest() {
  local folder=$1
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  printf '%s' "$folder"
}

may_write() { [ -w "$(nearest "$1")" ] || refuse "tidak boleh menulis di $1; jalankan sebagai root."; }

# ---- is the bundle whole?

check_bundle() {
  local wrong
  cd "$bundle"
  wrong=$(sha256sum --check --strict --quiet SHA256SUMS 2>&1) \
    || refuse "berkas bundel rusak atau diubah: $(head -n 3 <<<"$wrong" | tr '\n' ' ')"
  wrong=$(diff <(sed 's/^[0-9a-f]*  //' SHA256SUMS | LC_ALL=C sort) \
    <(find . ! -type d ! -path ./SHA256SUMS | sed 's,^\./,,' | LC_ALL=C sort) || true)
  [ -z "$wrong" ] || refuse "ada berkas yang bukan bagian dari bundel: $(grep '^[<>]' <<<"$wrong" | head -n 3 | tr '\n' ' ')"
  say "Bundel utuh: $(wc -l <SHA256SUMS) berkas."
}

# ---- one installation at a time

alone() {
  mkdir -p "$prefix"
  exec 9>"$prefix/.lock"
  flock -n 9 || refuse "pemasangan lain sedang berjalan di $prefix."
}

# ---- the program

is_whole() { [ -f "$target/.whole" ] && "$target/.venv/bin/python" -c '' 2>/dev/null; }

install_program() {
  target=$prefix/$name
  if is_whole; then
    say "$name sudah terpasang di $target."
    return
  fi
  rm -rf "$target"
  mkdir -p "$target"
  chmod 755 "$prefix" "$target"
  cp -R "$bundle/project/." "$target/"
  cp "$bundle/FACTS" "$target/FACTS"
  say "Memasang $name di $target ..."
  # pip runs out of its own wheel: Debian's Python has no ensurepip. It takes what the list names,
  # by hash, from this bundle alone, whatever the settings of this machine say.
  "$python" -I -m venv --without-pip "$target/.venv"
  PIP_CONFIG_FILE=/dev/null "$target/.venv/bin/python" "$(echo "$bundle"/wheels/pip-*.whl)/pip" \
    --isolated --no-cache-dir --disable-pip-version-check install --quiet --no-index \
    --find-links "$bundle/wheels" --require-hashes --only-binary :all: \
    --root-user-action ignore --no-warn-script-location --requirement "$bundle/wheels.txt"
  "$target/.venv/bin/python" -m compileall -q "$target/situasi" "$target/pages" "$target/dashboard.py"
  chmod -R u=rwX,go=rX "$target"
  : >"$target/.whole"
}

# ---- user, folders, settings: only where they are missing

prepare_user() {
  id "$user" >/dev/null 2>&1 && return
  command -v useradd >/dev/null || refuse "pengguna $user tidak ada, dan useradd tidak ada di mesin ini."
  useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin "$user"
  say "Pengguna $user dibuat."
}

prepare_folders() {
  local folder
  for folder in "$data" "$data/inbox"; do
    [ ! -d "$folder" ] || continue
    mkdir -p "$folder"
    chmod 750 "$folder"
    [ "$user" = "$(id -un)" ] || chown "$user:$group" "$folder"
  done
}

prepare_settings() {
  local file=$settings/situasi.env secret
  mkdir -p "$settings"
  [ -f "$settings/Caddyfile" ] || adapted "$target/deploy/Caddyfile" "$settings/Caddyfile" 644
  if [ -f "$file" ]; then
    say "Pengaturan tetap: $file"
    return
  fi
  secret=$("$python" -I -c 'import secrets; print(secrets.token_urlsafe(48))')
  (
    umask 077
    adapted "$target/deploy/situasi.env" "$file.new" 600
    sed "s|^SITUASI_SECRET=.*|SITUASI_SECRET=$secret|" "$file.new" >"$file.part"
    rm "$file.new"
  )
  mv "$file.part" "$file"
  say "Pengaturan dibuat, dengan rahasia baru: $file"
}

# The command for people: the board's own, with its settings, as its user.
write_command() {
  mkdir -p "$prefix/bin"
  adapted "$prefix/current/deploy/situasi" "$prefix/bin/situasi" 755
  if [ "$service" = yes ] && [ "$(id -u)" -eq 0 ]; then
    mkdir -p /usr/local/bin
    ln -sfn "$prefix/bin/situasi" /usr/local/bin/situasi
  fi
}

# A file of deploy/ ($1) as $2, with the folders and the user that were asked for.
adapted() {
  local ends='\(/\|[[:space:]]\|$\)'
  sed -e "s#/opt/situasi$ends#@P\1#g" -e "s#/var/lib/situasi$ends#@D\1#g" \
    -e "s#/etc/situasi$ends#@S\1#g" -e "s#@P#$prefix#g" -e "s#@D#$data#g" -e "s#@S#$settings#g" \
    -e "s#^User=situasi\$#User=$user#" -e "s#^Group=situasi\$#Group=$group#" \
    -e "s#^user=situasi\$#user=$user#" "$1" >"$2.part"
  chmod "$3" "$2.part"
  mv "$2.part" "$2"
}

# ---- try it, and switch

as_user() {
  if [ "$user" = "$(id -un)" ]; then "$@"; else runuser -u "$user" -- "$@"; fi
}

try() {
  (cd / && as_user env -u PYTHONPATH "$target/.venv/bin/python" -I "$target/deploy/smoke.py") \
    || refuse "uji coba gagal, jadi 'current' tidak diganti; yang lama tetap berjalan."
}

point() {
  ln -sfn "$2" "$prefix/.$1.part"
  mv -T "$prefix/.$1.part" "$prefix/$1"
}

switch() {
  local before=''
  before=$(readlink "$prefix/current" 2>/dev/null) || true
  [ "$before" != "$name" ] || return 0
  [ -z "$before" ] || point previous "$before"
  point current "$name"
  say "Versi yang dipakai: $name${before:+ (sebelumnya $before)}."
}

has_systemd() { [ "$service" = yes ] && [ "$(id -u)" -eq 0 ] && [ -d /run/systemd/system ]; }

install_service() {
  has_systemd || return 0
  local unit
  for unit in situasi.service situasi@.service situasi-caddy.service; do
    adapted "$prefix/current/deploy/$unit" "/etc/systemd/system/$unit" 644
  done
  systemctl daemon-reload
}

# What runs goes on with the version that is current now; what does not run is not started.
restart_running() {
  has_systemd || return 0
  systemctl try-restart 'situasi.service' 'situasi@*.service'
}

go_back() {
  local here there
  here=$(readlink "$prefix/current" 2>/dev/null) || refuse "belum ada yang terpasang di $prefix."
  there=$(readlink "$prefix/previous" 2>/dev/null) || refuse "tidak ada versi sebelumnya di $prefix."
  [ -f "$prefix/$there/.whole" ] || refuse "versi sebelumnya ($there) tidak lengkap."
  group=$(id -gn "$user")
  point current "$there"
  point previous "$here"
  install_service
  write_command
  restart_running
  say "Kembali ke $there; $here tetap ada. Data dan pengaturan tidak disentuh."
}

next_step() {
  local command=$prefix/bin/situasi
  has_systemd && command=situasi
  say ""
  say "Terpasang: $name. Data: $data. Pengaturan: $settings/situasi.env"
  say "Langkah berikutnya: isi SITUASI_HOSTS di $settings/situasi.env dan namanya di $settings/Caddyfile, lalu"
  say "  $command user add NAMA --role admin"
  if has_systemd; then
    say "  systemctl enable --now situasi situasi-caddy"
  else
    say "  $command serve"
  fi
  say "Petunjuk: $prefix/current/docs/operations.md"
}

bundle=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
read_words "$@"
if [ "$rollback" = yes ]; then
  alone
  go_back
  exit 0
fi
read_facts
look_at_machine
check_bundle
alone
prepare_user
group=$(id -gn "$user")
install_program
try
prepare_folders
prepare_settings
switch
write_command
install_service
restart_running
next_step
