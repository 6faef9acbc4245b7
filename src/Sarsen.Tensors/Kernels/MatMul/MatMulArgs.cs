namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A batch of products <c>C = op(A) · op(B)</c>, or <c>C += …</c>, of row-major matrices:
/// op(A) is (M, K), op(B) is (K, N), C is (M, N). A transposed operand is stored the other way round, A as (K, M) and
/// B as (N, K), and is read where it lies. C overlaps neither A nor B. Strides count elements.
/// </summary>
/// <typeparam name="T">f32 for <see cref="MatMul"/>; any float for its reference.</typeparam>
public unsafe struct MatMulArgs<T> where T : unmanaged
{
    /// <summary>One product of contiguous matrices; change what differs.</summary>
    public MatMulArgs(T* a, T* b, T* c, nint m, nint n, nint k, bool transposeA = false, bool transposeB = false)
    {
        A = a;
        B = b;
        C = c;
        (M, N, K, TransposeA, TransposeB) = (m, n, k, transposeA, transposeB);
        Lda = transposeA ? m : k;
        Ldb = transposeB ? k : n;
        Ldc = n;
        Batch = 1;
        BatchStrideA = m * k;
        BatchStrideB = k * n;
        BatchStrideC = m * n;
    }

    public T* A, B, C;

    /// <summary>op(B) as <see cref="PackedMatrix"/> packed it, or null. Where it is given, B is not read; it is one for all of a batch. For <see cref="MatMul"/> only.</summary>
    public T* PackedB;

    /// <summary>The elements of <see cref="PackedB"/>: F32, or F16 or BF16, which are widened panel by panel and computed with in f32.</summary>
    public DType PackedType;

    /// <summary>Sizes, zero or more. With K = 0, C becomes zero, or stays when it accumulates.</summary>
    public nint M, N, K;

    /// <summary>From one stored row to the next; at least the stored row's length.</summary>
    public nint Lda, Ldb, Ldc;

    public bool TransposeA, TransposeB;

    /// <summary>Adds to what C holds: <c>C = ((C + s_0) + s_1) + …</c> over the blocks of K.</summary>
    public bool Accumulate;

    /// <summary>How many products; each has the same sizes.</summary>
    public nint Batch;

    /// <summary>From one product's matrix to the next one's. Zero for A or B uses one matrix for all.</summary>
    public nint BatchStrideA, BatchStrideB, BatchStrideC;
}
