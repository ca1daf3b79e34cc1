#!/bin/sh
# Puts the files of the contract's page in place, out of the published package. Run it to take another version.
set -eu
version=3.2.1
cd "$(dirname "$0")"
target=../../main/resources/META-INF/resources/contract/react-component
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "@asyncapi/react-component@$version" >/dev/null
tar -xzf "$work"/*.tgz -C "$work"
for file in LICENSE browser/standalone/index.js browser/standalone/index.js.LICENSE.txt styles/default.min.css; do
  cp "$work/package/$file" "$target/"
done
