#!/usr/bin/env bash
# note-run.sh FOLDER backup|restore_drill ok|failed: has node_exporter tell that a backup or a restore drill ended, and how.
# FOLDER is that of its textfile collector (--collector.textfile.directory). Call it last, whatever makes your backups:
# BackupStale and RestoreDrillFailed look at what it writes.
set -euo pipefail
# The collector is somebody else.
umask 022

usage() { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
folder=${1:-} what=${2:-} outcome=${3:-}
[ -d "$folder" ] || usage
case "$what" in backup | restore_drill) ;; *) usage ;; esac

file=$folder/imtt_$what.prom
now=$(date +%s)
case "$outcome" in
  ok) success=$now ;;
  # 0 when there never was a good one.
  failed) success=$(sed -n "s/^imtt_${what}_last_success_timestamp_seconds //p" "$file" 2>/dev/null | grep . || echo 0) ;;
  *) usage ;;
esac

# Whole or not at all: the collector may read at any moment. It takes no other ending than .prom.
cat >"$file.new" <<METRICS
# HELP imtt_${what}_last_run_timestamp_seconds When the last one ended, well or not.
# TYPE imtt_${what}_last_run_timestamp_seconds gauge
imtt_${what}_last_run_timestamp_seconds $now
# HELP imtt_${what}_last_success_timestamp_seconds When the last good one ended.
# TYPE imtt_${what}_last_success_timestamp_seconds gauge
imtt_${what}_last_success_timestamp_seconds $success
METRICS
mv "$file.new" "$file"
