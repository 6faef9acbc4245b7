using Sarsen.Tensors;

namespace Sarsen.Serving.Buffers;

/// <summary>The element types of the Open Inference Protocol, and BF16, which its implementations add.</summary>
public enum DataType : byte
{
    Bool,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Int8,
    Int16,
    Int32,
    Int64,
    Fp16,
    Fp32,
    Fp64,
    Bf16,

    /// <summary>Texts and blobs: each element is its length in bytes, 32 bits little-endian, and its bytes.</summary>
    Bytes,
}

public static class DataTypes
{
    private static readonly string[] Names =
        ["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BF16", "BYTES"];

    /// <summary>Bytes of one element; 0 for <see cref="DataType.Bytes"/>, whose elements differ.</summary>
    public static int Size(this DataType type) => type switch
    {
        DataType.Bool or DataType.UInt8 or DataType.Int8 => 1,
        DataType.UInt16 or DataType.Int16 or DataType.Fp16 or DataType.Bf16 => 2,
        DataType.UInt32 or DataType.Int32 or DataType.Fp32 => 4,
        DataType.UInt64 or DataType.Int64 or DataType.Fp64 => 8,
        _ => 0,
    };

    /// <summary>The name in the protocol: <c>FP32</c>.</summary>
    public static string WireName(this DataType type) => Names[(int)type];

    /// <returns>False for a name that the protocol does not have; its names are in capitals.</returns>
    public static bool TryParse(string name, out DataType type)
    {
        int index = Array.IndexOf(Names, name);
        type = (DataType)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>The type that holds the elements of a tensor of <paramref name="type"/>.</summary>
    public static DataType Of(DType type) => type switch
    {
        DType.F32 => DataType.Fp32,
        DType.F16 => DataType.Fp16,
        DType.BF16 => DataType.Bf16,
        DType.F64 => DataType.Fp64,
        DType.I8 => DataType.Int8,
        DType.I16 => DataType.Int16,
        DType.I32 => DataType.Int32,
        DType.I64 => DataType.Int64,
        DType.U8 => DataType.UInt8,
        DType.U16 => DataType.UInt16,
        DType.U32 => DataType.UInt32,
        DType.U64 => DataType.UInt64,
        DType.Bool => DataType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a DType"),
    };
}
