namespace Sarsen.Testing;

/// <summary>
/// Real data sets, models and conformance suites that are never committed. The folder is named by the
/// environment variable <c>SARSEN_TEST_DATA</c>; without it, <c>../shared/data</c> beside the checkout.
/// </summary>
public static class TestData
{
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("SARSEN_TEST_DATA") is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "data"));

    public static string PathOf(string relative) => Path.Combine(Folder, relative);

    /// <summary>Null when <paramref name="relative"/> is there, else the reason to skip.</summary>
    public static string? WhyMissing(string relative)
    {
        string path = PathOf(relative);
        return File.Exists(path) || Directory.Exists(path)
            ? null
            : $"needs {relative} below {Folder}: set SARSEN_TEST_DATA to the folder with the test data";
    }
}
