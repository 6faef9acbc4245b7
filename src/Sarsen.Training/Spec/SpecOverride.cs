using System.Globalization;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec;

/// <summary>
/// One <c>--set path=value</c>, put into the tree before it is bound, so that it is checked as the file is. A path is
/// keys with dots between them and indices in brackets; keys that are not there are made, list items are not.
/// </summary>
internal static class SpecOverride
{
    public static SpecNode Apply(SpecNode root, string change, string? folder, SpecErrors errors, SpecLimits limits)
    {
        var text = new SpecText("--set", change, folder);
        int equals = change.IndexOf('=');
        if (equals <= 0 || change.AsSpan(0, equals).ContainsAny('\n', '\r'))
        {
            errors.Add(new SpecMark(text, 1, 1, Math.Max(1, change.Length)), "", "expected path=value, such as train.epochs=3");
            return root;
        }
        // Blanks stand for the path, so that the columns of the value are those of the whole.
        if (YamlReader.Read(text, new string(' ', equals + 1) + change[(equals + 1)..], errors, limits) is not { } value)
            return root;
        List<(string Name, int At)> steps = Steps(change[..equals]);
        if (steps.Count > limits.MaxDepth || steps.Exists(s => s.Name.Length == 0))
        {
            errors.Add(new SpecMark(text, 1, 1, equals), "", "this is no path; expected keys with dots between them and indices in brackets, such as model.layers[0].dense.units");
            return root;
        }
        return Put(root, steps, 0, value, text, errors);
    }

    private static List<(string Name, int At)> Steps(string path)
    {
        var steps = new List<(string, int)>();
        int start = 0;
        for (int i = 0; i <= path.Length; i++)
        {
            if (i < path.Length && path[i] is not ('.' or '['))
                continue;
            steps.Add((path[start..i].TrimEnd(']'), start));
            start = i + 1;
        }
        return steps;
    }

    private static SpecNode Put(SpecNode node, List<(string Name, int At)> steps, int step, SpecNode value, SpecText text, SpecErrors errors)
    {
        if (step == steps.Count)
            return value;
        (string name, int column) = steps[step];
        var at = new SpecMark(text, 1, column + 1, name.Length);
        switch (node)
        {
            case ListNode list:
                return PutItem(list, steps, step, value, at, errors);
            case ScalarNode { Kind: ScalarKind.Null }:
                node = new MapNode(at, []);
                break;
            // A choice's bare word takes settings: 'optimizer: adam' and optimizer.adam.lr=0.1.
            case ScalarNode word when word.Value == name:
                node = new MapNode(word.At, [new MapEntry(name, word.At, new ScalarNode(word.At, ""))]);
                break;
        }
        if (node is not MapNode map)
        {
            errors.Add(at, "", $"'{name}' cannot be set inside {node.Found}; set the whole of it: {Prefix(text.Text, column)}={{{name}: …}}");
            return node;
        }
        MapEntry? old = map.Find(name);
        SpecNode inner = Put(old?.Value ?? new ScalarNode(at, ""), steps, step + 1, value, text, errors);
        var entry = new MapEntry(name, at, inner);
        return new MapNode(map.At, old is null ? [.. map.Entries, entry] : [.. map.Entries.Select(e => e == old ? entry : e)]);
    }

    private static SpecNode PutItem(ListNode list, List<(string Name, int At)> steps, int step, SpecNode value, SpecMark at, SpecErrors errors)
    {
        if (!int.TryParse(steps[step].Name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= list.Items.Count)
        {
            errors.Add(at, "", $"expected an index from 0 to {list.Items.Count - 1} into a list of {list.Items.Count}, found '{steps[step].Name}'");
            return list;
        }
        SpecNode[] items = [.. list.Items];
        items[index] = Put(items[index], steps, step + 1, value, at.Text, errors);
        return new ListNode(list.At, items);
    }

    private static string Prefix(string path, int column) => path[..Math.Max(0, column - 1)];
}
