#!/usr/bin/env python3
"""The sentiment example's model in PyTorch: seconds of an epoch over aclImdb, to stand beside the example's own figure.

usage: sentiment_pytorch.py ACLIMDB [STEPS]

Runs STEPS training steps (100 unless given) on 1 and on 2 threads and scales them to an epoch of 25,000 reviews by the
words that they hold. Reading and tokenizing are not counted, as in the example.
"""
import collections
import html
import pathlib
import random
import re
import sys
import time

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

BATCH = 32


def words(text):
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", html.unescape(re.sub(r"<[^>]*>", " ", text)).lower())


def read(folder):
    reviews = []
    for label, kind in enumerate(("neg", "pos")):
        for path in sorted(pathlib.Path(folder, "train", kind).glob("*.txt")):
            reviews.append((words(path.read_text(encoding="utf-8")), float(label)))
    return reviews


class Classifier(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 32, padding_idx=0)
        self.recurrent = nn.LSTM(32, 50, batch_first=True)
        self.hidden = nn.Linear(50, 32)
        self.output = nn.Linear(32, 1)

    def forward(self, indices, lengths):
        packed = pack_padded_sequence(self.embedding(indices), lengths, batch_first=True, enforce_sorted=False)
        _, (h, _) = self.recurrent(packed)
        return torch.sigmoid(self.output(torch.relu(self.hidden(h[-1])))).squeeze(1)


def main():
    reviews = read(sys.argv[1])
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    counts = collections.Counter(word for text, _ in reviews for word in text)
    index = {word: i + 2 for i, word in enumerate(sorted(counts))}
    encoded = [(torch.tensor([index[word] for word in text] or [1]), label) for text, label in reviews]
    all_words = sum(len(text) for text, _ in encoded)
    random.Random(0).shuffle(encoded)
    for threads in (1, 2):
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        model = Classifier(len(index) + 2)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
        loss_function = nn.BCELoss()
        seen = 0
        begin = None
        for step in range(steps + 5):
            if step == 5:  # the first steps warm up
                begin = time.perf_counter()
                seen = 0
            batch = encoded[step * BATCH:(step + 1) * BATCH]
            lengths = torch.tensor([len(text) for text, _ in batch])
            padded = pad_sequence([text for text, _ in batch], batch_first=True)
            labels = torch.tensor([label for _, label in batch])
            optimizer.zero_grad()
            loss = loss_function(model(padded, lengths), labels)
            loss.backward()
            optimizer.step()
            loss.item()
            seen += int(lengths.sum())
        seconds = time.perf_counter() - begin
        print(f"threads={threads} seconds_per_step={seconds / steps:.4f} "
              f"seconds_per_epoch={seconds * all_words / seen:.1f}", flush=True)


main()
