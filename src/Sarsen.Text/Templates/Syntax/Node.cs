namespace Sarsen.Text.Templates.Syntax;

/// <summary>A part of a template that was read. Nodes hold nothing of a rendering, so all renderings share them.</summary>
internal abstract class Node(int offset)
{
    /// <summary>Where it begins in the source.</summary>
    public int Offset { get; } = offset;
}

internal abstract class Expression(int offset) : Node(offset)
{
    /// <summary>Levels of expressions from here down: the stack that evaluation takes.</summary>
    public abstract int Height { get; }

    public abstract object? Evaluate(Rendering rendering, Scope scope);

    protected static int Over(params ReadOnlySpan<Expression?> parts)
    {
        int height = 0;
        foreach (Expression? part in parts)
            height = Math.Max(height, part?.Height ?? 0);
        return height + 1;
    }
}

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

internal abstract class Statement(int offset) : Node(offset)
{
    public abstract Flow Execute(Rendering rendering, Scope scope);
}
