using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn;

/// <summary>
/// A copy of a weight (out, in) in the order in which products read it, for models that answer one token at a time: without
/// it every product of a few rows puts the weight into order first. Results have the same bits.
/// </summary>
/// <remarks>
/// It serves as long as no optimizer or initialiser writes the weight; after that products read the weight itself again.
/// Who writes the elements directly, as a reader of files does, packs after that.
/// </remarks>
/// <param name="weight">The weight, in F32.</param>
/// <param name="owner">Who holds the copy.</param>
internal sealed unsafe class PackedWeight(Parameter weight, TensorOwner owner)
{
    private Tensor _copy;
    private int _version;

    /// <summary>The copy, or none where it is not up to date.</summary>
    public Tensor Copy => !_copy.IsNone && weight.Value.Record.Version == _version ? _copy : default;

    /// <summary>Copies the weight as it is now.</summary>
    public void Pack(Workers workers)
    {
        ref TensorRecord record = ref weight.Value.Record;
        (nint n, nint k) = ((nint)record.Shape[0], (nint)record.Shape[1]);
        if (_copy.IsNone)
            _copy = owner.New(DType.F32, new Shape(PackedMatrix.Bytes(n, k) / sizeof(float)));
        PackedMatrix.Pack((float*)record.Data, k, transposed: true, n, k, (float*)_copy.Record.Data, workers);
        _version = record.Version;
    }
}
