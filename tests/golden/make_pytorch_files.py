#!/usr/bin/env python3
"""Writes pytorch/*.pt with torch.save: training runs of recurrent models, and tensors of every dtype and layout.

A run's file holds "config", "inputs", "targets", and, after 10 steps, "model" and "optimizer" (their state_dict()); "losses"
are those of the next 10 steps. tests/live/pytorch_files.py uses the same runs the other way round.
"""

import os

import torch

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch")

# name: kind and options of the layer, optimizer and its options, dtype
RUNS = {
    "rnn_adam": ("RNN", dict(input_size=3, hidden_size=4), "Adam", dict(lr=1e-2), torch.float32),
    "rnn_relu_sgd": ("RNN", dict(input_size=2, hidden_size=5, num_layers=2, nonlinearity="relu"), "SGD",
                     dict(lr=1e-2, momentum=0.9, nesterov=True), torch.float64),
    "lstm_adamw": ("LSTM", dict(input_size=4, hidden_size=6, num_layers=2, bidirectional=True), "AdamW",
                   dict(lr=1e-2, amsgrad=True), torch.float32),
    "lstm_rmsprop": ("LSTM", dict(input_size=1, hidden_size=3, bias=False), "RMSprop",
                     dict(lr=1e-3, centered=True, momentum=0.5), torch.float64),
    "gru_adagrad": ("GRU", dict(input_size=5, hidden_size=4, bidirectional=True), "Adagrad", dict(lr=5e-2), torch.float32),
    "gru_adam": ("GRU", dict(input_size=2, hidden_size=7, num_layers=3), "Adam", dict(lr=1e-2, weight_decay=1e-3),
                 torch.float64),
}


class Model(torch.nn.Module):
    def __init__(self, kind, options):
        super().__init__()
        self.rnn = getattr(torch.nn, kind)(**options)
        width = options["hidden_size"] * (2 if options.get("bidirectional") else 1)
        self.linear = torch.nn.Linear(width, 1)

    def forward(self, x):
        return self.linear(self.rnn(x)[0][-1])


class Run:
    """A model, an optimizer and their data; `state`, where given, is what a file of a run holds."""

    def __init__(self, name, state=None):
        kind, options, optimizer, optimizer_options, dtype = RUNS[name]
        torch.manual_seed(list(RUNS).index(name))
        self.config = dict(options, kind=kind, optimizer=optimizer)
        self.model = Model(kind, options).to(dtype)
        self.optimizer = getattr(torch.optim, optimizer)(self.model.parameters(), **optimizer_options)
        self.inputs = torch.randn(6, 4, options["input_size"], dtype=dtype)
        self.targets = torch.randn(4, 1, dtype=dtype)
        if state is not None:
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.inputs, self.targets = state["inputs"], state["targets"]

    def train(self, steps):
        losses = []
        for _ in range(steps):
            self.optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(self.model(self.inputs), self.targets)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        return losses

    def state(self, losses):
        return {"config": self.config, "inputs": self.inputs, "targets": self.targets,
                "model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(), "losses": losses}


def write_run(name, path):
    """After 10 steps, with the losses of 10 more."""
    run = Run(name)
    run.train(10)
    torch.save(run.state([]), path)  # before the tensors change
    state = torch.load(path)
    torch.save({**state, "losses": Run(name, torch.load(path)).train(10)}, path)


def every_dtype():
    values = torch.tensor([[1, 0, 3], [0, 5, 1]])
    dtypes = [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64,
              torch.float16, torch.bfloat16, torch.float32, torch.float64]
    result = {str(dtype).replace("torch.", ""): values.to(dtype) for dtype in dtypes}
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    result.update(base=base, transposed=base.t(), column=base[:, 2], part=base[1:3, 1:4], expanded=base[0, :1].expand(3),
                  scalar=torch.tensor(2.5, dtype=torch.float64), empty=torch.zeros(2, 0, 3),
                  parameter=torch.nn.Parameter(torch.ones(2)),
                  nested={"list": [1, -1, 2**40, 1.5, None, True, "naïve"], "tuple": (1, (2.0,), ()), 7: "seven",
                          "size": torch.Size([2, 3])})
    return result


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    for name in RUNS:
        write_run(name, os.path.join(FOLDER, name + ".pt"))
    torch.save(every_dtype(), os.path.join(FOLDER, "dtypes.pt"))
    torch.save({"w": torch.ones(2)}, os.path.join(FOLDER, "legacy.pt"), _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 1), os.path.join(FOLDER, "whole_module.pt"))
