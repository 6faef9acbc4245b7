namespace Sarsen.Data.Sources.Pictures;

/// <param name="Name">The folder's name, which is the class.</param>
/// <param name="Files">The files in it and below it, in the order of their paths by character codes.</param>
internal sealed record ClassFolder(string Name, IReadOnlyList<string> Files)
{
    /// <summary>The classes in a folder, in the order of their names by character codes.</summary>
    /// <exception cref="DataException">There is no such folder, no class in it, or a class without files.</exception>
    public static IReadOnlyList<ClassFolder> All(string path)
    {
        DataFiles.Folder(path);
        try
        {
            ClassFolder[] classes =
            [
                .. Directory.EnumerateDirectories(path).Where(IsShown).Select(Path.GetFileName).Order(StringComparer.Ordinal)
                    .Select(name => new ClassFolder(name!, [.. Below(Path.Combine(path, name!)).Order(StringComparer.Ordinal)])),
            ];
            if (classes.Length == 0)
                throw new DataException($"{path} holds no folders; a folder for each class was expected, with its pictures inside");
            if (classes.FirstOrDefault(c => c.Files.Count == 0) is { } empty)
                throw new DataException($"{Path.Combine(path, empty.Name)} holds no pictures; remove the folder, or fill the class");
            return classes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder).Where(IsShown).Concat(Directory.EnumerateDirectories(folder).Where(IsShown).SelectMany(Below));

    private static bool IsShown(string path) => !Path.GetFileName(path).StartsWith('.');
}
