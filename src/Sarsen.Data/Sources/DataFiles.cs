using System.IO.Enumeration;
using Sarsen.Formats;

namespace Sarsen.Data.Sources;

/// <summary>
/// The files that a source's paths name. A path may be a pattern: <c>*</c> stands for any characters of a name,
/// <c>?</c> for one, and a folder <c>**</c> for any number of folders. A pattern's files come in the order of their
/// paths by character codes, so that the order is the same on every machine.
/// </summary>
internal static class DataFiles
{
    /// <exception cref="DataException">A file is not there, or nothing fits a pattern.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> paths)
    {
        var files = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            foreach (string file in Expand(path))
            {
                if (!known.Add(Path.GetFullPath(file)))
                    throw new DataException($"{file} is named twice, by path: {string.Join(", ", paths)}; its rows would count twice");
                files.Add(file);
            }
        }
        return files.Count > 0 ? files : throw new DataException("path: no file is named");
    }

    /// <exception cref="DataException">The folder is not there.</exception>
    public static string Folder(string path) => Directory.Exists(path)
        ? path
        : throw new DataException(File.Exists(path) ? $"{path} is a file; a folder was expected" : $"{path}: there is no such folder{Near(path)}");

    private static IReadOnlyList<string> Expand(string path)
    {
        if (File.Exists(path))
            return [path];
        if (Directory.Exists(path))
            throw new DataException($"{path} is a folder; name files, such as {Path.Combine(path, "*.csv")}");
        if (path.AsSpan().IndexOfAny('*', '?') < 0)
            throw new DataException($"{path}: there is no such file{Near(path)}");
        string[] parts = path.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        int fixedParts = Array.FindIndex(parts, p => p.AsSpan().IndexOfAny('*', '?') >= 0);
        string root = string.Join(Path.DirectorySeparatorChar, parts[..fixedParts]);
        root = fixedParts == 0 ? "." : root.Length == 0 ? Path.DirectorySeparatorChar.ToString() : root;
        var found = new List<string>();
        try
        {
            if (Directory.Exists(root))
                Collect(fixedParts == 0 ? "" : root, root, parts.AsSpan(fixedParts), found);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path}: the folder cannot be read: {e.Message}", e);
        }
        if (found.Count == 0)
            throw new DataException($"{path}: no file has a name of this form{(Directory.Exists(root) ? "" : $"; there is no folder {root}")}");
        found.Sort(StringComparer.Ordinal);
        return [.. found.Distinct(StringComparer.Ordinal)];
    }

    private static void Collect(string prefix, string folder, ReadOnlySpan<string> parts, List<string> found)
    {
        string part = parts[0];
        if (parts.Length == 1)
        {
            foreach (string file in Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f)!))
            {
                if (FileSystemName.MatchesSimpleExpression(part == "**" ? "*" : part, file, ignoreCase: false))
                    found.Add(Path.Combine(prefix, file));
            }
            if (part != "**")
                return;
        }
        else if (part == "**")
        {
            Collect(prefix, folder, parts[1..], found);
        }
        foreach (string name in Directory.EnumerateDirectories(folder).Select(f => Path.GetFileName(f)!))
        {
            if (part == "**")
                Collect(Path.Combine(prefix, name), Path.Combine(folder, name), parts, found);
            else if (FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false))
                Collect(Path.Combine(prefix, name), Path.Combine(folder, name), parts[1..], found);
        }
    }

    private static string Near(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            return $"; there is no folder {folder}";
        string? near = Suggestion.Nearest(Path.GetFileName(path), Directory.EnumerateFileSystemEntries(folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        return near is null ? "" : $"; did you mean '{near}'?";
    }
}
