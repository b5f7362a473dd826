#!/usr/bin/env python3
"""The forecast example's published recipe in PyTorch: the test R2 that it ends with, to stand beside the example's own figure.

usage: forecast_pytorch.py PRICES.csv [SEED...]

Trains 1,000 epochs on one thread for each seed (0 unless given), on the days before 2023, and prints the R2 over the windows of
2023 at the end, with the median and the range of the last 100 epochs.
"""
import csv
import statistics
import sys

import torch
from torch import nn

WINDOW, LONGEST_PAST, BATCH, EPOCHS = 5, 253, 128, 1000


def rolling(values, days, function):
    """function of the `days` values that end on the day before; NaN where there are fewer."""
    result = torch.full_like(values, torch.nan)
    result[days:] = function(values.unfold(0, days, 1)[:-1])
    return result


def features(columns):
    opening, high, low, close, volume = columns
    mean = lambda values, days: rolling(values, days, lambda windows: windows.mean(1))
    deviation = lambda values, days: rolling(values, days, lambda windows: windows.std(1))
    result = [opening] + [mean(values, 1) for values in (opening, close, high, low, volume)]
    for values in (close, volume):
        for over in (mean, deviation):
            week, month, year = (over(values, days) for days in (5, 21, 252))
            result += [week, month, year, week / month, week / year, month / year]
    for days in (1, 5, 21, 252):
        result.append(rolling(close, days + 1, lambda windows: windows[:, -1] / windows[:, 0] - 1))
    daily = torch.zeros_like(close)
    daily[1:] = close[1:] / close[:-1] - 1
    return torch.stack(result + [mean(daily, days) for days in (5, 21, 252)], 1)


class Forecaster(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(37, 16, 2, batch_first=True)
        self.hidden = nn.Linear(16, 16)
        self.output = nn.Linear(16, 1)

    def forward(self, days):
        return self.output(torch.relu(self.hidden(self.lstm(days)[0][:, -1]))).squeeze(1)


def train(seed, x, y, test_x, test_y):
    torch.manual_seed(seed)
    model = Forecaster()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    scores = []
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            nn.functional.mse_loss(model(x[chosen]), y[chosen]).backward()
            optimizer.step()
        with torch.no_grad():
            errors = (test_y - model(test_x).double()).square().sum()
        scores.append((1 - errors / (test_y - test_y.mean()).square().sum()).item())
    return scores


def main():
    torch.set_num_threads(1)
    rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))
    columns = [torch.tensor([float(row[name]) for row in rows], dtype=torch.float64) for name in ("Open", "High", "Low", "Close", "Volume")]
    train_end = sum(row["Date"] < "2023-01-01" for row in rows)
    known = features(columns)
    training = known[LONGEST_PAST:train_end]
    scaled = ((known - training.mean(0)) / training.std(0, unbiased=False)).float()
    close = columns[3]

    def windows(first, last):
        return scaled[first:last].unfold(0, WINDOW, 1).transpose(1, 2).contiguous(), close[first + WINDOW - 1:last]

    x, y = windows(LONGEST_PAST, train_end)
    test_x, test_y = windows(train_end, len(rows))
    for seed in [int(seed) for seed in sys.argv[2:]] or [0]:
        scores = train(seed, x, y.float(), test_x, test_y)
        late = scores[-100:]
        print(f"result: seed={seed} test_r2={scores[-1]:.3f} median_of_last_100={statistics.median(late):.3f} "
              f"from={min(late):.3f} to={max(late):.3f}", flush=True)


main()
