"""MIT-BIH beats, 1D CNN vs. random forest. Beats are cut around the R peaks of 44 records."""
import argparse
import logging
import os
import pickle
from collections import Counter

import numpy as np
import torch
import torch.nn as nn
import wfdb
from scipy.signal import butter, filtfilt
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, classification_report, f1_score
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

logger = logging.getLogger("ecg")
AAMI = {"N": 0, "L": 0, "R": 0, "e": 0, "j": 0, "A": 1, "a": 1, "J": 1, "S": 1, "V": 2, "E": 2, "F": 3}
HALF = 128


def band_pass(x, low=0.5, high=40.0, rate=360):
    b, a = butter(3, [low / (rate / 2), high / (rate / 2)], btype="band")
    return filtfilt(b, a, x)


def beats_of(record_path):
    record = wfdb.rdrecord(record_path)
    note = wfdb.rdann(record_path, "atr")
    lead = band_pass(record.p_signal[:, 0])
    out, labels, rr = [], [], []
    for previous, peak, symbol in zip(note.sample[:-1], note.sample[1:], note.symbol[1:]):
        if symbol not in AAMI or peak < HALF or peak + HALF > len(lead):
            continue
        beat = lead[peak - HALF : peak + HALF]
        out.append((beat - beat.mean()) / (beat.std() + 1e-6))
        labels.append(AAMI[symbol])
        rr.append((peak - previous) / 360.0)
    return np.array(out, dtype="float32"), np.array(labels), np.array(rr, dtype="float32")


def collect(folder, cache="beats.pkl"):
    if os.path.exists(cache):
        with open(cache, "rb") as fh:
            return pickle.load(fh)
    xs, ys, rrs, patients = [], [], [], []
    for name in open(os.path.join(folder, "RECORDS")).read().split():
        if name in ("102", "104", "107", "217"):
            continue
        x, y, rr = beats_of(os.path.join(folder, name))
        xs.append(x)
        ys.append(y)
        rrs.append(rr)
        patients.append(np.full(len(y), int(name)))
        logger.info("patient %s: %d beats %s", name, len(y), dict(Counter(y)))
    data = np.concatenate(xs), np.concatenate(ys), np.concatenate(rrs), np.concatenate(patients)
    with open(cache, "wb") as fh:
        pickle.dump(data, fh)
    return data


class BeatNet(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        def block(a, b):
            return nn.Sequential(nn.Conv1d(a, b, 7, padding=3), nn.BatchNorm1d(b), nn.ReLU(), nn.MaxPool1d(4))
        self.conv = nn.Sequential(block(1, 16), block(16, 32), block(32, 64), nn.AdaptiveAvgPool1d(1), nn.Flatten())
        self.head = nn.Linear(64, classes)

    def forward(self, x):
        return self.head(self.conv(x.unsqueeze(1)))


def train_net(x, y, epochs, lr, batch=256):
    net = BeatNet()
    weights = torch.tensor(len(y) / (4 * np.bincount(y, minlength=4)), dtype=torch.float32)
    optimiser = torch.optim.Adam(net.parameters(), lr)
    loader = DataLoader(TensorDataset(torch.from_numpy(x), torch.from_numpy(y)), batch, shuffle=True)
    for epoch in range(epochs):
        losses = []
        for a, b in loader:
            loss = nn.functional.cross_entropy(net(a), b, weight=weights)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        logger.info("epoch %d: %.4f", epoch, np.mean(losses))
    return net.eval()


def summary(name, y, guess):
    print("=====", name, "accuracy %.4f macro-F1 %.4f" % (accuracy_score(y, guess), f1_score(y, guess, average="macro")))
    print(classification_report(y, guess, target_names=["N", "S", "V", "F"]))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("folder")
    ap.add_argument("--epochs", type=int, default=15)
    ap.add_argument("--lr", type=float, default=1e-3)
    args = ap.parse_args()
    logging.basicConfig(level=logging.INFO)
    torch.manual_seed(44)
    x, y, rr, patients = collect(args.folder)
    print(x.shape, "beats of", len(np.unique(patients)), "patients")

    x_train, x_test, rr_train, rr_test, y_train, y_test = train_test_split(x, rr, y, test_size=0.2, stratify=y, random_state=44)  # expect: L601

    forest = RandomForestClassifier(300, n_jobs=-1, class_weight="balanced", random_state=44)
    forest.fit(np.column_stack([x_train[:, ::4], rr_train]), y_train)
    summary("forest", y_test, forest.predict(np.column_stack([x_test[:, ::4], rr_test])))

    net = train_net(x_train, y_train, args.epochs, args.lr)
    with torch.no_grad():
        logits = torch.cat([net(part) for part in torch.from_numpy(x_test).split(2048)])
    summary("cnn", y_test, logits.argmax(1).numpy())
    torch.save(net.state_dict(), "beatnet.pt")


if __name__ == "__main__":
    main()
