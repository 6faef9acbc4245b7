using Xunit;

namespace Sarsen.Testing;

/// <summary>A fact that needs a file or folder of <see cref="TestData"/>, and skips with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute(params string[] relativePaths)
    {
        foreach (string path in relativePaths)
            Skip ??= TestData.WhyMissing(path);
    }
}

/// <summary>The theory form of <see cref="DataFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataTheoryAttribute : TheoryAttribute
{
    public DataTheoryAttribute(params string[] relativePaths)
    {
        foreach (string path in relativePaths)
            Skip ??= TestData.WhyMissing(path);
    }
}
