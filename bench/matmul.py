"""What this machine's library makes of one large matrix product: the yardstick for a training step.

    matmul.py --precision bfloat16|float32 --threads N

Prints GFLOP/s, the best of ten.
"""

import argparse
import time

import torch

SIDE = 2048


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--precision", choices=["float32", "bfloat16"], required=True)
    parser.add_argument("--threads", type=int, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    a, b = (torch.randn(SIDE, SIDE).to(getattr(torch, arguments.precision)) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        began = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - began)
    print(2 * SIDE**3 / best / 1e9)


if __name__ == "__main__":
    main()
