using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>
/// What a place in a spec may hold, described once from the records: binding, JSON Schema and writing are three
/// readings of it, so they cannot disagree.
/// </summary>
internal abstract class SpecType(Type clr)
{
    public Type Clr { get; } = clr;

    /// <summary>How a message names what is expected: «a whole number from 1».</summary>
    public abstract string Expected { get; }

    /// <summary>A single value, as against a map or list of them.</summary>
    public virtual bool IsScalar => true;

    /// <summary>The value of <paramref name="node"/>, or null after its mistakes have been added to <paramref name="errors"/>.</summary>
    public abstract object? Bind(SpecNode node, string path, SpecErrors errors);

    /// <summary>The schema of what <see cref="Bind"/> accepts; named types go into <paramref name="definitions"/>.</summary>
    public abstract JsonObject Schema(SchemaDefinitions definitions);

    public abstract SpecNode Write(object value);

    protected object? Mismatch(SpecNode node, string path, SpecErrors errors, string? cure = null, string? suggestion = null)
    {
        errors.Add(node.At, path, $"expected {Expected}, found {node.Found}{(cure is null ? "" : "; " + cure)}", suggestion);
        return null;
    }
}
