namespace Sarsen.Testing;

/// <summary>Where the checkout is, found by walking up from the test assembly to <c>Sarsen.slnx</c>.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sarsen.slnx")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No Sarsen.slnx above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
