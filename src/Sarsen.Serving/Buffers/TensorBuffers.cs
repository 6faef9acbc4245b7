using System.Collections;

namespace Sarsen.Serving.Buffers;

/// <summary>The inputs of a request or a batch, or the outputs of its answer. Disposing gives the memory back.</summary>
public sealed class TensorBuffers : IReadOnlyList<TensorBuffer>, IDisposable
{
    private readonly List<TensorBuffer> _tensors;

    public TensorBuffers(IReadOnlyList<TensorSpec> specs) =>
        _tensors = [.. specs.Select(s => new TensorBuffer(s.Name, s.Type))];

    public int Count => _tensors.Count;

    public TensorBuffer this[int index] => _tensors[index];

    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public TensorBuffer this[string name] =>
        _tensors.Find(t => t.Name == name) ?? throw new KeyNotFoundException($"there is no tensor '{name}' among {string.Join(", ", _tensors.Select(t => t.Name))}");

    /// <summary>Adds a tensor without elements.</summary>
    public TensorBuffer Add(string name, DataType type)
    {
        var tensor = new TensorBuffer(name, type);
        _tensors.Add(tensor);
        return tensor;
    }

    /// <summary>Brings the tensors into the order of the specs; false, and no change, where the names are not those of the specs.</summary>
    public bool TryArrange(IReadOnlyList<TensorSpec> specs)
    {
        if (specs.Count != _tensors.Count)
            return false;
        var arranged = new List<TensorBuffer>(specs.Count);
        foreach (TensorSpec spec in specs)
        {
            if (_tensors.Find(t => t.Name == spec.Name) is not { } tensor)
                return false;
            arranged.Add(tensor);
        }
        _tensors.Clear();
        _tensors.AddRange(arranged);
        return true;
    }

    public IEnumerator<TensorBuffer> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        foreach (TensorBuffer tensor in _tensors)
            tensor.Release();
    }
}
