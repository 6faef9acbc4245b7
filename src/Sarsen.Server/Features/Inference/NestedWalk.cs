using System.Text.Json;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>
/// Walks over the elements of an array that is either flat or nested exactly as a shape says, and checks that it is.
/// </summary>
internal ref struct NestedWalk
{
    /// <summary>Stands at the current element.</summary>
    public Utf8JsonReader Reader;

    private readonly ReadOnlySpan<long> _shape;
    private readonly string _name;
    private readonly long _elements;
    private Counts _counts;
    private int _depth;
    private int _leaves;

    [System.Runtime.CompilerServices.InlineArray(TensorBuffer.MaxRank + 1)]
    private struct Counts
    {
        private long _first;
    }

    public NestedWalk(ReadOnlySpan<byte> data, ReadOnlySpan<long> shape, string name, long elements)
    {
        Reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = InferRequestReader.MaxDepth });
        _shape = shape;
        (_name, _elements, Index) = (name, elements, -1);
        Reader.Read();
        if (Reader.TokenType != JsonTokenType.StartArray)
            throw new InputException($"'data' of input '{name}' must be an array");
        _depth = 1;
    }

    /// <summary>The current element's place, row-major.</summary>
    public long Index { get; private set; }

    /// <summary>Moves to the next element; false at the end.</summary>
    public bool Next()
    {
        while (Reader.Read())
        {
            switch (Reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    _counts[_depth - 1]++;
                    // An array where elements have been found before is uneven nesting.
                    if (_depth == _leaves || _depth >= _shape.Length)
                        throw Uneven();
                    _counts[_depth++] = 0;
                    break;
                case JsonTokenType.EndArray:
                    _depth--;
                    long expected = _depth == 0 && _leaves == 1 ? _elements : _shape.Length == 0 ? 1 : _shape[_depth];
                    if (_counts[_depth] != expected && !(_elements == 0 && _counts[_depth] == 0))
                        throw Uneven();
                    break;
                default:
                    if (_leaves == 0)
                        _leaves = _depth;
                    if (_leaves != _depth || (_depth != 1 && _depth != _shape.Length) || ++Index >= _elements)
                        throw Uneven();
                    _counts[_depth - 1]++;
                    return true;
            }
        }
        return false;
    }

    private readonly InputException Uneven() =>
        new($"'data' of input '{_name}' must hold {_elements} elements, flat or nested as shape {TensorSpec.Format(_shape)} says: it does not");
}
