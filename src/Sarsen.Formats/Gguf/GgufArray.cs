using System.Globalization;

namespace Sarsen.Formats;

/// <summary>An array of a GGUF file's metadata; all elements have one type.</summary>
public sealed class GgufArray
{
    private readonly Array _elements;

    internal GgufArray(GgufValueType elementType, Array elements) => (ElementType, _elements) = (elementType, elements);

    public GgufValueType ElementType { get; }

    public int Count => _elements.Length;

    public static GgufArray Of(string[] texts) => new(GgufValueType.Text, texts);

    public static GgufArray Of(GgufArray[] arrays) => new(GgufValueType.Array, arrays);

    /// <summary>An array of numbers or truth values.</summary>
    /// <exception cref="NotSupportedException">GGUF has no such type.</exception>
    public static GgufArray Of<T>(T[] elements) where T : unmanaged => new(TypeOf<T>(), elements);

    /// <summary>The elements; the array is not copied.</summary>
    /// <exception cref="InvalidOperationException">They have another type.</exception>
    public ReadOnlySpan<T> As<T>() => Holds<T>() ? (T[])_elements : throw new InvalidOperationException($"the array holds {ElementType}, not {typeof(T).Name}");

    /// <summary>Is <typeparamref name="T"/> the type of the elements.</summary>
    // A cast alone would take an array of signed for one of unsigned numbers.
    public bool Holds<T>() => _elements.GetType() == typeof(T[]);

    /// <summary>As <see cref="GgufValue.ToObject"/>.</summary>
    public object this[int index] => _elements.GetValue(index)!;

    /// <summary>The elements as the array of C# that they are, of their own type; not to be changed.</summary>
    public Array ToElements() => _elements;

    /// <summary>Its length and type: elements may be millions.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} × {ElementType}");

    internal static GgufValueType TypeOf<T>() => default(T) switch
    {
        byte => GgufValueType.U8,
        sbyte => GgufValueType.I8,
        ushort => GgufValueType.U16,
        short => GgufValueType.I16,
        uint => GgufValueType.U32,
        int => GgufValueType.I32,
        ulong => GgufValueType.U64,
        long => GgufValueType.I64,
        float => GgufValueType.F32,
        double => GgufValueType.F64,
        bool => GgufValueType.Bool,
        _ => throw new NotSupportedException($"GGUF has no type for {typeof(T)}"),
    };
}
