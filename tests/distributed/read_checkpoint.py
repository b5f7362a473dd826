"""Reads a checkpoint of the example `parallel` in PyTorch, and goes on with it: read_checkpoint.py FILE."""

import sys

import torch


class WordModel(torch.nn.Module):
    """The model of examples/parallel."""

    def __init__(self, words, embedding_size, hidden_size):
        super().__init__()
        self.embedding = torch.nn.Embedding(words, embedding_size, sparse=True)
        self.lstm = torch.nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.output = torch.nn.Linear(hidden_size, words)

    def forward(self, words):
        return self.output(self.lstm(self.embedding(words))[0])


def main():
    state = torch.load(sys.argv[1])
    weights = state["model"]
    words, embedding_size = weights["embedding.weight"].shape
    model = WordModel(words, embedding_size, weights["output.weight"].shape[1])
    model.load_state_dict(weights)
    dense = [parameter for name, parameter in model.named_parameters() if name != "embedding.weight"]
    adam = torch.optim.Adam(dense)
    adam.load_state_dict(state["adam"])
    sparse_adam = torch.optim.SparseAdam([model.embedding.weight])
    sparse_adam.load_state_dict(state["sparse_adam"])
    text = torch.arange(60).view(3, 20) % words
    losses = []
    for _ in range(3):
        adam.zero_grad()
        sparse_adam.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(text[:, :-1]).flatten(0, 1), text[:, 1:].flatten())
        loss.backward()
        adam.step()
        sparse_adam.step()
        losses.append(loss.item())
    assert losses[2] < losses[0], losses
    print(f"PyTorch goes on from step {state['parallel']['step']}: losses {losses}")


if __name__ == "__main__":
    main()
