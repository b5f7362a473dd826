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
process=$COPROC_PID input=${COPROC[1]} output=${COPROC[0]}  # bash forgets them once the program has ended
echo "a lovely story" >&"$input"
IFS= read -r -t 20 line <&"$output"
[[ $line == *'"label": "good"'* ]]
eval "exec $input>&-"
wait "$process"


# served MODEL INPUT: predict gives the same answers.
served() {
  "$programs/predict" --model "$1.safetensors" --predict "$2" > served
  diff served "$1.csv"
}
# valid MODEL FIELD: each line is JSON that has the field.
valid() {
  ! command -v python3 > /dev/null || python3 -c 'import json, sys
def refuse(constant): raise ValueError(constant)
for line in sys.stdin: assert sys.argv[1] in json.loads(line, parse_constant=refuse)' "$2" < "$1.jsonl"
}
# answers PROGRAM FIELD: of a file, of standard input, as CSV and as JSON lines, by the program and by predict.
answers() {
  local program=$1 field=$2
  shift 2
  "$programs/$program" --load "$model.safetensors" --predict lines.txt "$@" > "$model.csv"
  [[ $(head -1 "$model.csv") == text,* && $(wc -l < "$model.csv") == 4 ]]
  "$programs/$program" --load "$model.safetensors" --predict - "$@" < lines.txt | diff - "$model.csv"
  "$programs/$program" --load "$model.safetensors" --predict - --format json "$@" < lines.txt > "$model.jsonl"
  [[ $(wc -l < "$model.jsonl") == 3 ]]
  valid "$model" "$field"
}

model=sentiment
"$programs/sentiment" --data "$own/labels.csv" --epochs 40 --patience 0 --batch-size 8 --lr 0.01 --save $model.safetensors > log
"$programs/sentiment" --load $model.safetensors --predict "awful film" | tail -1 | grep -q '^result: bad='
answers sentiment probabilities
served $model lines.txt

printf 'the dog\n\na cat sees' > lines.txt
for model in tag tag_crf; do
  "$programs/tag" --data "$own/tags.conllu" --epochs 8 --save $model.safetensors $([[ $model == tag ]] || echo --crf) > log
  "$programs/tag" --load $model.safetensors --predict "the dog sees a cat" | grep -q '^tags: DET NOUN VERB DET NOUN$'
  answers tag tags
  [[ $(head -1 $model.csv) == text,tags,probabilities,least_certain ]]
  grep -q '^a cat sees,DET NOUN VERB,[0-9.]* [0-9.]* [0-9.]*,' $model.csv
  served $model lines.txt
done

printf 'I am here.\n\n"I" am late.\n' > lines.txt
for model in recurrent transformer; do
  "$programs/translate" --data "$own/pairs.tsv" --epochs 2 --min-frequency 1 --model $model --save $model.safetensors > log
  "$programs/translate" --load $model.safetensors --predict "I am here." | tail -1 | grep -q '^result: probability='
  answers translate translation
  served $model lines.txt
done

"$programs/forecast" --data "$own/months.csv" --target Sales --epochs 20 --horizon 3 --save forecast.safetensors > log
"$programs/forecast" --load forecast.safetensors --predict "$own/months.csv" > forecast.csv
[[ $(head -2 forecast.csv | cut -d, -f1 | paste -sd' ') == "date 1956-01-01" && $(wc -l < forecast.csv) == 4 ]]
served forecast "$own/months.csv"
tail -n +2 "$own/months.csv" | cut -d, -f2 > rows.txt
"$programs/forecast" --load forecast.safetensors --predict - < rows.txt > rows.csv
# The last row of the stream gives the forecast of the file; the first ones give none.
[[ $(tail -1 rows.csv | cut -d, -f2) == "$(sed -n 2p forecast.csv | cut -d, -f2)" && $(sed -n 2p rows.csv) == 100,,, ]]
"$programs/forecast" --load forecast.safetensors --predict - --format json < rows.txt > forecast.jsonl
valid forecast step_3
"$programs/predict" --model forecast.safetensors --predict - < rows.txt | diff - rows.csv
fails "standard input, line 2: expected numbers" "$programs/forecast" --load forecast.safetensors --predict - < <(printf '1\nx\n')
printf '1\n0\n' > zero.txt
"$programs/forecast" --data "$own/months.csv" --target Sales --epochs 1 --scale log --save log.safetensors > log
fails "standard input, line 2: expected a value above 0, since the model works on logarithms, got 0" \
  "$programs/forecast" --load log.safetensors --predict - < zero.txt
lines=$(wc -l < "$own/months.csv")
sed "$((lines - 1))s/,[^,]*/,-2/" "$own/months.csv" > negative.csv
fails "negative.csv, line $((lines - 1)): expected a value above 0, since the model works on logarithms, got -2" \
  "$programs/forecast" --load log.safetensors --predict negative.csv
sed '2,$s/,\(.*\),/,"1,\1",/' "$own/months.csv" > grouped.csv
"$programs/forecast" --load forecast.safetensors --predict grouped.csv | sed -n 2p | grep -q '^1956-01-01,1[0-9][0-9][0-9]'

printf 'the cat\n\nthe dog\n' > lines.txt
model=write
"$programs/write" --data "$own/texts" --epochs 1 --length 10 --save $model.safetensors > log
"$programs/write" --load $model.safetensors --predict "the cat" --length 10 | tail -1 | grep -q '^result: perplexity='
answers write continuation --length 10
printf 'the cat\nthe caßt\n' > unknown.txt
fails "unknown.txt, line 2: the text has no character 'ß'" "$programs/write" --load write.safetensors --predict unknown.txt
for model in sentiment tag recurrent transformer write; do
  "$programs/predict" --model $model.safetensors --predict "the cat" --repeats 3 | grep -q '^latency'
done

# Lines are read as files are.
printf 'a lovely story\nawful film\n' > lines.txt
"$programs/classify" --load classify.safetensors --predict lines.txt > plain.csv
{ printf '\xEF\xBB\xBF'; sed 's/$/\r/' lines.txt; } | gzip > lines.gz
"$programs/classify" --load classify.safetensors --predict lines.gz | diff - plain.csv
"$programs/classify" --load classify.safetensors --predict - < lines.gz | diff - plain.csv
printf 'good\ncaf\xE9\n' > bytes.txt
fails "bytes.txt, line 2: the byte 0xe9 is no UTF-8" "$programs/classify" --load classify.safetensors --predict bytes.txt
"$programs/classify" --load classify.safetensors --predict bytes.txt --encoding latin-1 | grep -q "^caf"
"$programs/predict" --model classify.safetensors --predict bytes.txt --encoding latin-1 | grep -q "^caf"
fails "nothing.txt: there is no such file" "$programs/classify" --load classify.safetensors --predict nothing.txt
fails "got a folder" "$programs/classify" --load classify.safetensors --predict "$own"
[[ -z $("$programs/classify" --load classify.safetensors --predict - < /dev/null) ]]

# Memory does not grow with what is read: its peak after some thousand lines is what it is after ten times as many.
lines() { awk -v n="$1" 'BEGIN { for (i = 0; i < n; ++i) { s = "film"; for (k = i % 17; k > 0; --k) s = s " story" k; print s } }'; }
coproc "$programs/classify" --load classify.safetensors --predict - --threads 1
server=$COPROC_PID
exec {answers}<&"${COPROC[0]}" {questions}>&"${COPROC[1]}"
lines 60000 >&"$questions" {answers}<&- &
trap 'kill "$server" "$!" 2> /dev/null; rm -rf "$work"' EXIT
peak() { awk '/^VmHWM:/ { print $2 }' "/proc/$server/status"; }
head -c 500000 <&"$answers" > /dev/null
before=$(peak)
head -c 2000000 <&"$answers" > /dev/null
after=$(peak)
echo "peak of memory: $before kB, then $after kB"
[[ -n $before ]] && ((after < before + 4096))

fails "tag wrote this model" "$programs/classify" --load tag.safetensors --predict "the dog"
fails "--load" "$programs/classify" --load classify.safetensors
head -c 1000 classify.safetensors > cut.safetensors
fails "cut.safetensors" "$programs/classify" --load cut.safetensors --predict text
# Without a terminal there is neither colour nor a bar that redraws itself, and lines end within 80 columns.
! grep -q $'\x1b\|\r' log
