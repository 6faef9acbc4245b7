"""The OpenBLAS that this process uses, by ctypes. The OpenMP build shares its threads with PyTorch's; the other would fight them."""
import ctypes

LIBRARY = ctypes.CDLL("libopenblas.so.0")
LIBRARY.openblas_get_config.restype = ctypes.c_char_p
LIBRARY.openblas_get_corename.restype = ctypes.c_char_p


def name():
    """Version and kernels, such as «OpenBLAS 0.3.21 Cooperlake»."""
    if LIBRARY.openblas_get_parallel() != 2:
        raise SystemExit("this OpenBLAS is not the OpenMP build: install libopenblas0-openmp")
    version = LIBRARY.openblas_get_config().decode().split()[1]
    return f"OpenBLAS {version} {LIBRARY.openblas_get_corename().decode()}"
