#!/usr/bin/python3
"""OpenBLAS's side of gemm.

usage: openblas_side.py gemm 256|32x784x128|… 0 THREADS
"""
import ctypes
import sys

import numpy as np

import openblas
from stint import serve

ROW_MAJOR, AS_IT_IS = 101, 111


def main():
    sizes, threads = [int(size) for size in sys.argv[2].split("x")], int(sys.argv[4])
    m, k, n = sizes if len(sizes) == 3 else sizes * 3
    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((m, k), np.float32), rng.standard_normal((k, n), np.float32)
    c = np.empty((m, n), np.float32)
    openblas.LIBRARY.openblas_set_num_threads(threads)
    sgemm = openblas.LIBRARY.cblas_sgemm
    sgemm.restype = None
    sgemm.argtypes = [ctypes.c_int] * 6 + [ctypes.c_float, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_float, ctypes.c_void_p, ctypes.c_int]
    pa, pb, pc = (x.ctypes.data for x in (a, b, c))

    def work():
        sgemm(ROW_MAJOR, AS_IT_IS, AS_IT_IS, m, n, k, 1.0, pa, k, pb, n, 0.0, pc, n)

    work()
    exact = a[:4].astype(np.float64) @ b.astype(np.float64)
    if not np.allclose(c[:4], exact, rtol=0, atol=1e-4 * np.abs(exact).max()):
        raise SystemExit(f"{openblas.name()} computes wrong results here")
    serve(openblas.name(), work)


main()
