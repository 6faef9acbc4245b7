using System.Globalization;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec;

/// <summary>
/// A mistake that shows only once the data is known, such as a layer that does not fit, told with its place in the
/// spec's file like those that reading finds.
/// </summary>
public static class SpecMistake
{
    /// <param name="file">The spec.</param>
    /// <param name="path">Where, as far as the text has it: <c>model.layers[2]</c>.</param>
    /// <param name="message">Cause and cure.</param>
    public static SpecException At(string file, string path, string message)
    {
        var errors = new SpecErrors(SpecLimits.Default);
        SpecText text = SpecText.Read(file);
        SpecNode? node = YamlReader.Read(text, errors, SpecLimits.Default);
        SpecMark at = node?.At ?? new SpecMark(text, 1, 1);
        foreach (string step in path.Split('.', '['))
        {
            switch (node)
            {
                case MapNode map when map.Find(step) is { } entry:
                    (node, at) = (entry.Value, entry.KeyAt);
                    break;
                case ListNode list when int.TryParse(step.TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < list.Items.Count:
                    node = list.Items[index];
                    at = node.At;
                    break;
                default:
                    node = null;
                    break;
            }
        }
        errors.Add(at, path, message);
        return errors.ToException();
    }
}
