using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Sarsen.Formats;

/// <summary>
/// A model that was cut into several GGUF files: <c>NAME-00001-of-00003.gguf</c> and so on. Each says its place,
/// <c>split.no</c>, from 0, and of the whole model the files, <c>split.count</c>, and the tensors, <c>split.tensors.count</c>;
/// the first has the metadata. Source: tools/gguf-split of ggml-org/llama.cpp.
/// </summary>
internal static partial class GgufSplit
{
    private const string Keys = "split.", NumberKey = Keys + "no", CountKey = Keys + "count", TensorsKey = Keys + "tensors.count";

    /// <summary>Five digits in a name.</summary>
    private const int MostParts = 99999;

    /// <summary>The files of a model by the name of one of them, the first first; only itself where its name is not that of a part.</summary>
    public static IEnumerable<string> PathsOf(string path)
    {
        if (!TryParse(path, out string? begin, out _, out int count))
            return [path];
        return Enumerable.Range(0, count).Select(i => Name(begin, i, count));
    }

    /// <summary>Opens what belongs together with one file, which is opened already and becomes one of the result.</summary>
    /// <returns>All parts, the first first; only the one where the model has no others.</returns>
    /// <exception cref="ModelFormatException">A part is missing or damaged, or is not of the same model.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    public static GgufPart[] OpenOthers(GgufPart one)
    {
        long count = one.Metadata.Integer(CountKey, 1);
        if (count == 1)
            return [one];
        if (count is < 1 or > MostParts)
            throw new ModelFormatException(one.Path, 0, $"'{CountKey}' is {count}: a model has 1 to {MostParts} files");
        long number = one.Metadata.Integer(NumberKey);
        if (!TryParse(one.Path, out string? begin, out int named, out int namedCount) || named != number || namedCount != count)
            throw new ModelFormatException(one.Path, 0, $"the file is part {number + 1} of {count} of a model, as its metadata says, and the others are found by its name: call it {Name("NAME", number, count)}");
        var parts = new GgufPart[count];
        try
        {
            for (int i = 0; i < count; i++)
                parts[i] = i == number ? one : OpenPart(Name(begin, i, count), i, count);
            Compare(parts);
            return parts;
        }
        catch
        {
            foreach (GgufPart? part in parts)
            {
                if (part != one)
                    part?.Dispose();
            }
            throw;
        }
    }

    /// <summary>What the metadata of a part says of the model.</summary>
    public static GgufMetadata WithoutKeys(GgufPart part) =>
        GgufMetadata.Of(part.Path, part.Metadata.Where(pair => !pair.Key.StartsWith(Keys, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal));

    private static GgufPart OpenPart(string path, int number, long count)
    {
        if (!File.Exists(path))
            throw new ModelFormatException(path, 0, $"part {number + 1} of the {count} files of the model is missing: put all of them into one folder, under the names that they were made with");
        GgufPart part = GgufPart.Open(path);
        try
        {
            (long no, long of) = (part.Metadata.Integer(NumberKey), part.Metadata.Integer(CountKey));
            return (no, of) == (number, count) ? part
                : throw new ModelFormatException(path, 0, $"the file is part {no + 1} of {of}, as its metadata says, and part {number + 1} of {count} by its name: take all files from one source, and do not rename them");
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    private static void Compare(GgufPart[] parts)
    {
        long expected = parts[0].Metadata.Integer(TensorsKey), found = 0;
        var owners = new Dictionary<string, GgufPart>(StringComparer.Ordinal);
        foreach (GgufPart part in parts)
        {
            if (part.Metadata.Integer(TensorsKey) is var other && other != expected)
                throw new ModelFormatException(part.Path, 0, $"'{TensorsKey}' is {other}, and {expected} in {Path.GetFileName(parts[0].Path)}: they are not of one model; take all files from one source");
            foreach (GgufTensor tensor in part.Tensors.Values)
            {
                if (!owners.TryAdd(tensor.Name, part))
                    throw new ModelFormatException(part.Path, tensor.Offset, $"the tensor '{tensor.Name}' is in {Path.GetFileName(owners[tensor.Name].Path)} as well: a file is there twice under two names, or they are not of one model");
            }
            found += part.Tensors.Count;
        }
        if (found != expected)
            throw new ModelFormatException(parts[0].Path, 0, $"the {parts.Length} files hold {found} tensors, and '{TensorsKey}' says {expected}: one of them is of another model, or was made anew; take all files from one source");
    }

    private static string Name(string begin, long number, long count) => string.Create(CultureInfo.InvariantCulture, $"{begin}-{number + 1:00000}-of-{count:00000}.gguf");

    private static bool TryParse(string path, [NotNullWhen(true)] out string? begin, out int number, out int count)
    {
        Match match = PartName().Match(path);
        (begin, number, count) = match.Success
            ? (match.Groups[1].Value, int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) - 1, int.Parse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture))
            : (null, 0, 0);
        return match.Success;
    }

    [GeneratedRegex(@"\A(.+)-([0-9]{5})-of-([0-9]{5})\.gguf\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex PartName();
}
