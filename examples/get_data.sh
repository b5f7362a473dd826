#!/usr/bin/env bash
# Fetches the public data sets that examples read with --data: examples/get_data.sh NAME... [FOLDER], or all.
#   aclImdb    Large Movie Review Dataset (Maas et al., 2011), for sentiment
#   warpeace   War and Peace as one text, the copy of char-rnn, for write
#   thucnews   Chinese news titles in ten classes, for classify: the titles, without character vectors
# The folder is ./downloads unless given. Prices for forecast, as CSV with the columns Date, Open, High, Low,
# Close and Volume, come from any provider of market data; there is none with a fixed address.

set -euo pipefail

usage() {
  sed -n '2,/^$/s/^# //p' "${BASH_SOURCE[0]}"
}

# fetch URL FILE: into a temporary file first, so that what is there is whole.
fetch() {
  echo "fetching $1" >&2
  if command -v curl > /dev/null; then
    curl --fail --location --retry 3 --output "$2.part" "$1"
  elif command -v wget > /dev/null; then
    wget --tries 3 --output-document "$2.part" "$1"
  else
    echo "neither curl nor wget is there: apt-get install curl" >&2
    return 1
  fi
  mv "$2.part" "$2"
}

get_aclImdb() {
  fetch https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz "$1/aclImdb_v1.tar.gz"
  echo "7c2ac02c03563afcf9b574c7e56c153a  $1/aclImdb_v1.tar.gz" | md5sum --check --quiet
  tar --extract --gzip --file "$1/aclImdb_v1.tar.gz" --directory "$1" --exclude 'aclImdb/train/unsup*'
  rm "$1/aclImdb_v1.tar.gz"
  echo "examples/run.sh sentiment --data $1/aclImdb"
}

get_warpeace() {
  fetch https://cs.stanford.edu/people/karpathy/char-rnn/warpeace_input.txt "$1/warpeace_input.txt"
  echo "examples/run.sh write --data $1/warpeace_input.txt"
}

get_thucnews() {
  mkdir -p "$1/thucnews"
  local part
  for part in train test class; do
    fetch "https://raw.githubusercontent.com/649453932/Chinese-Text-Classification-Pytorch/master/THUCNews/data/$part.txt" \
      "$1/thucnews/$part.txt"
  done
  echo "put vectors of characters, in word2vec's binary format, beside them as $1/thucnews/char_vectors.bin; then:"
  echo "examples/run.sh classify --data $1/thucnews"
}

folder=./downloads
names=()
for argument in "$@"; do
  case $argument in
    -h | --help) usage; exit ;;
    all) names+=(aclImdb warpeace thucnews) ;;
    aclImdb | warpeace | thucnews) names+=("$argument") ;;
    */* | .) folder=$argument ;;
    *)
      echo "there is no data set '$argument'; a folder needs a slash, as in ./$argument" >&2
      usage >&2
      exit 2
      ;;
  esac
done
[[ ${#names[@]} -gt 0 ]] || { usage >&2; exit 2; }
mkdir -p "$folder"
for name in "${names[@]}"; do
  "get_$name" "$folder"
done
