#!/usr/bin/env bash
# What programs save answers texts at once, by themselves and by predict: use.sh FOLDER_OF_PROGRAMS FOLDER_OF_DATA

set -euo pipefail
programs=$1 own=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# fails TEXT COMMAND...: with a message that has the text in it.
fails() {
  local expected=$1 message
  shift
  message=$("$@" 2>&1) && { echo "expected a failure of: $*"; exit 1; }
  [[ $message == *"$expected"* ]] || { echo "expected '$expected', got '$message'"; exit 1; }
}

"$programs/classify" --data "$own/labels.tsv" --epochs 40 --patience 0 --lr 0.01 --save classify.safetensors > log
grep -q 'next .*--load classify.safetensors --predict' log
"$programs/classify" --load classify.safetensors --predict "a lovely story" | tee answer
[[ $(tail -1 answer) =~ ^result:\ bad=0\.[0-9e-]+\ good=0\.[0-9]+$ ]]
printf 'a lovely story\r\n\nawful, "dull" film' > lines.txt
"$programs/classify" --load classify.safetensors --predict lines.txt > from_file.csv
[[ $(wc -l < from_file.csv) == 4 && $(head -1 from_file.csv) == text,label,bad,good ]]
grep -q '^a lovely story,good,' from_file.csv
grep -q '^"awful, ""dull"" film",bad,' from_file.csv
"$programs/classify" --load classify.safetensors --predict - < lines.txt | diff - from_file.csv
"$programs/predict" --model classify.safetensors --predict - < lines.txt | diff - from_file.csv
"$programs/classify" --load classify.safetensors --predict - --format json < lines.txt > from_file.jsonl
[[ $(wc -l < from_file.jsonl) == 3 ]]
! command -v python3 > /dev/null || python3 -c 'import json, sys
for line in sys.stdin: assert abs(sum(json.loads(line)["probabilities"].values()) - 1) < 1e-4' < from_file.jsonl
# An answer comes before the next line does.
coproc "$programs/classify" --load classify.safetensors --predict - --format json
echo "a lovely story" >&"${COPROC[1]}"
IFS= read -r -t 20 line <&"${COPROC[0]}"
[[ $line == *'"label": "good"'* ]]
eval "exec ${COPROC[1]}>&-"
wait "$COPROC_PID"

"$programs/sentiment" --data "$own/labels.csv" --epochs 40 --patience 0 --batch-size 8 --lr 0.01 --save sentiment.safetensors > log
"$programs/sentiment" --load sentiment.safetensors --predict "awful film" | tail -1 | grep -q '^result: bad='
"$programs/tag" --data "$own/tags.conllu" --epochs 8 --save tag.safetensors > log
"$programs/tag" --load tag.safetensors --predict "the dog sees a cat" | grep -q '^tags: DET NOUN VERB DET NOUN$'
printf 'the dog\n\na cat sees' | "$programs/tag" --load tag.safetensors --predict - | grep -q '^a cat sees,DET NOUN VERB,'
"$programs/forecast" --data "$own/months.csv" --target Sales --epochs 20 --horizon 3 --save forecast.safetensors > log
"$programs/forecast" --load forecast.safetensors --predict "$own/months.csv" > next.csv
[[ $(head -2 next.csv | cut -d, -f1 | paste -sd' ') == "date 1956-01-01" && $(wc -l < next.csv) == 4 ]]
tail -n +2 "$own/months.csv" | cut -d, -f2 | "$programs/forecast" --load forecast.safetensors --predict - > rows.csv
# The last row of the stream gives the forecast of the file.
[[ $(tail -1 rows.csv | cut -d, -f2) == "$(sed -n 2p next.csv | cut -d, -f2)" ]]
"$programs/translate" --data "$own/pairs.tsv" --epochs 2 --min-frequency 1 --save translate.safetensors > log
"$programs/translate" --load translate.safetensors --predict "I am here." | tail -1 | grep -q '^result: probability='
"$programs/write" --data "$own/texts" --epochs 1 --length 10 --save write.safetensors > log
"$programs/write" --load write.safetensors --predict "the cat" --length 10 | tail -1 | grep -q '^result: perplexity='
for model in sentiment tag translate write; do
  "$programs/predict" --model $model.safetensors --predict "the cat" --repeats 3 | grep -q '^latency'
done

fails "tag wrote this model" "$programs/classify" --load tag.safetensors --predict "the dog"
fails "--load" "$programs/classify" --load classify.safetensors
head -c 1000 classify.safetensors > cut.safetensors
fails "cut.safetensors" "$programs/classify" --load cut.safetensors --predict text
# Without a terminal there is neither colour nor a bar that redraws itself, and lines end within 80 columns.
! grep -q $'\x1b\|\r' log
