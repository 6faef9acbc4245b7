using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sarsen.Training.Spec.Yaml;

/// <summary>
/// Reads one YAML document into a tree with places. Duplicate keys and what a spec has no use for (tags, merge keys,
/// several documents) are collected as errors; a broken text ends the reading with its one error. Depth, length and
/// alias expansion are limited.
/// </summary>
internal sealed class YamlReader
{
    private readonly SpecText _text;
    private readonly SpecErrors _errors;
    private readonly SpecLimits _limits;
    private readonly IParser _parser;
    private readonly Dictionary<string, SpecNode> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    private YamlReader(SpecText text, string yaml, SpecErrors errors, SpecLimits limits)
    {
        _text = text;
        _errors = errors;
        _limits = limits;
        _parser = new Parser(new StringReader(yaml));
    }

    /// <summary>The document's root, or null when the text is broken (then <paramref name="errors"/> says why).</summary>
    public static SpecNode? Read(SpecText text, SpecErrors errors, SpecLimits limits) => Read(text, text.Text, errors, limits);

    /// <summary>The same for <paramref name="yaml"/>, whose lines and columns are those of <paramref name="text"/>.</summary>
    internal static SpecNode? Read(SpecText text, string yaml, SpecErrors errors, SpecLimits limits)
    {
        if (yaml.Length > limits.MaxCharacters)
        {
            errors.Add(new SpecMark(text, 1, 1), "", $"the text has more than {limits.MaxCharacters} characters, the limit of a spec");
            return null;
        }
        var reader = new YamlReader(text, yaml, errors, limits);
        try
        {
            return reader.ReadDocument();
        }
        catch (Refusal refusal)
        {
            errors.Add(refusal.At, "", refusal.Message);
            return null;
        }
    }

    private SpecNode ReadDocument()
    {
        Next();
        while (_parser.Current is StreamStart or DocumentStart or Comment)
            Next();
        if (_parser.Current is StreamEnd)
            return new ScalarNode(Mark(), "");
        SpecNode root = ReadNode(0);
        while (_parser.Current is DocumentEnd or Comment)
            Next();
        if (_parser.Current is DocumentStart)
            throw new Refusal(Mark(), "a second document begins here; a spec is one document, so take the line '---' out");
        return root;
    }

    private SpecNode ReadNode(int depth)
    {
        if (depth > _limits.MaxDepth)
            throw new Refusal(Mark(), $"nested deeper than {_limits.MaxDepth} levels, the limit of a spec");
        if (_parser.Current is AnchorAlias alias)
            return ReadAlias(alias);
        if (_parser.Current is not NodeEvent current)
            throw new Refusal(Mark(), "a value was expected here");
        Count(1);
        if (!current.Tag.IsEmpty && !current.Tag.IsNonSpecific)
            _errors.Add(Mark(), "", $"the tag '{ScalarNode.Shorten(current.Tag.Value)}' has no meaning in a spec; leave it out");
        SpecNode node = current switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadList(depth),
            MappingStart => ReadMap(depth),
            _ => throw new Refusal(Mark(), "a value was expected here"),
        };
        if (!current.Anchor.IsEmpty)
            _anchors[current.Anchor.Value] = node;
        return node;
    }

    private SpecNode ReadAlias(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out SpecNode? node))
            throw new Refusal(Mark(), $"'*{alias.Value}' refers to no anchor that ends before it; an anchor is written '&{alias.Value}' before the value it names");
        Count(node.Size);
        Next();
        return node;
    }

    private ScalarNode ReadScalar(Scalar scalar)
    {
        var node = new ScalarNode(Mark(), scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any));
        Next();
        return node;
    }

    private ListNode ReadList(int depth)
    {
        SpecMark at = Mark();
        var items = new List<SpecNode>();
        Next();
        while (_parser.Current is not SequenceEnd)
            items.Add(ReadNode(depth + 1));
        Next();
        return new ListNode(at, items);
    }

    private MapNode ReadMap(int depth)
    {
        SpecMark at = Mark();
        var entries = new List<MapEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        Next();
        while (_parser.Current is not MappingEnd)
        {
            SpecMark keyAt = Mark();
            if (ReadNode(depth + 1) is not ScalarNode key)
                throw new Refusal(keyAt, "a key was expected here: one word before a colon");
            SpecNode value = ReadNode(depth + 1);
            if (key is { Value: "<<", Quoted: false })
                _errors.Add(keyAt, "", "merge keys ('<<') are not part of YAML 1.2; write the keys out");
            else if (lines.TryAdd(key.Value, keyAt.Line))
                entries.Add(new MapEntry(key.Value, keyAt, value));
            else
                _errors.Add(keyAt, "", $"the key '{ScalarNode.Shorten(key.Value)}' stands twice in this map, first on line {lines[key.Value]}; keep one");
        }
        Next();
        return new MapNode(at, entries);
    }

    private void Count(int nodes)
    {
        _nodes = (int)Math.Min(int.MaxValue, (long)_nodes + nodes);
        if (_nodes > _limits.MaxNodes)
            throw new Refusal(Mark(), $"more than {_limits.MaxNodes} values, the limit of a spec (an alias counts as all it stands for)");
    }

    private void Next()
    {
        try
        {
            do
            {
                if (!_parser.MoveNext())
                    throw new Refusal(Mark(), "the text ends too early");
            }
            while (_parser.Current is Comment);
        }
        catch (YamlException e)
        {
            throw Broken((int)e.Start.Line, (int)e.Start.Column, e.Message);
        }
        // The parser lets a few of the runtime's own exceptions out on malformed escapes and directives.
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidOperationException or IndexOutOfRangeException)
        {
            SpecMark at = Mark();
            throw Broken(at.Line, at.Column, "the text after this is malformed");
        }
    }

    private Refusal Broken(int line, int column, string why)
    {
        // The parser blames the map around a tab, or the line after it.
        for (int near = Math.Max(1, line - 1); near <= _text.LineCount; near++)
        {
            string text = _text.Line(near);
            int tab = text.IndexOf('\t');
            if (tab >= 0 && text.AsSpan(0, tab).TrimStart(' ').IsEmpty)
                return new Refusal(new SpecMark(_text, near, tab + 1), "a tab in the indentation; YAML is indented with spaces");
            if (near > line && !why.Contains("tab", StringComparison.Ordinal))
                break;
        }
        // What is missing at the end of the text is shown after its last character.
        int last = _text.LineCount;
        while (last > 1 && string.IsNullOrWhiteSpace(_text.Line(last)))
            last--;
        if (line > last)
            (line, column) = (last, _text.Line(last).Length + 1);
        return new Refusal(new SpecMark(_text, Math.Max(1, line), Math.Max(1, column)), $"this is not YAML: {char.ToLowerInvariant(why[0])}{why[1..].TrimEnd('.')}");
    }

    private SpecMark Mark()
    {
        if (_parser.Current is not { } e)
            return new SpecMark(_text, 1, 1);
        long length = e is Scalar or AnchorAlias && e.End.Line == e.Start.Line ? e.End.Column - e.Start.Column : 1;
        return new SpecMark(_text, Math.Max(1, (int)e.Start.Line), Math.Max(1, (int)e.Start.Column), (int)Math.Max(1, length));
    }

    private sealed class Refusal(SpecMark at, string message) : Exception(message)
    {
        public SpecMark At { get; } = at;
    }
}
