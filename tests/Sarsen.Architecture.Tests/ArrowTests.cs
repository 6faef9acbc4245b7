using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sarsen.Testing;

namespace Sarsen.Architecture.Tests;

/// <summary>Projects lean on one another as the table of docs/architecture.md allows, and in no other way.</summary>
public partial class ArrowTests
{
    private static Dictionary<string, string[]> Table()
    {
        var table = new Dictionary<string, string[]>();
        foreach (string line in File.ReadLines(Repository.PathOf("docs", "architecture.md")))
        {
            Match match = Row().Match(line);
            if (!match.Success)
                continue;
            string[] leansOn = [.. match.Groups["on"].Value.Split(',').Select(n => n.Trim()).Where(n => n is not ("" or "–")).Select(n => $"Sarsen.{n}")];
            table.Add(match.Groups["project"].Value, leansOn);
        }
        return table;
    }

    [GeneratedRegex(@"^\| `(?<project>Sarsen[.\w]*)` \|[^|]*\| (?<on>[^|]*) \|$")]
    private static partial Regex Row();

    private static IEnumerable<string> Projects(string folder) =>
        Directory.EnumerateFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories);

    private static string[] References(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')))];

    private static HashSet<string> Reach(Dictionary<string, string[]> table, string project)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>(table[project]);
        while (open.TryPop(out string? next))
        {
            if (seen.Add(next))
                table[next].ToList().ForEach(open.Push);
        }
        return seen;
    }

    [Fact]
    public void Every_project_stands_in_the_table_and_no_arrow_leaves_it()
    {
        Dictionary<string, string[]> table = Table();
        table.Count.ShouldBeGreaterThan(8);
        string[] projects = [.. Projects("src")];
        projects.ShouldNotBeEmpty();
        foreach (string project in projects)
        {
            string name = Path.GetFileNameWithoutExtension(project);
            table.ShouldContainKey(name, $"docs/architecture.md has no row for {name}");
            HashSet<string> allowed = Reach(table, name);
            References(project).ShouldAllBe(r => allowed.Contains(r), $"{name} may lean on {string.Join(", ", allowed)} only");
        }
    }

    [Fact]
    public void The_table_has_no_circle()
    {
        Dictionary<string, string[]> table = Table();
        foreach (string project in table.Keys)
            Reach(table, project).ShouldNotContain(project);
    }

    [Fact]
    public void Tests_mirror_sources()
    {
        foreach (string project in Projects("src").Select(p => Path.GetFileNameWithoutExtension(p)))
            Directory.Exists(Repository.PathOf("tests", $"{project}.Tests")).ShouldBeTrue($"{project} has no tests/{project}.Tests");
    }

    [Fact]
    public void Every_package_version_is_exact()
    {
        foreach (XElement package in XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion"))
            package.Attribute("Version")!.Value.ShouldMatch(@"^\d+\.\d+\.\d+(\.\d+)?$", package.Attribute("Include")!.Value);
    }

    [Theory]
    [InlineData("Common")]
    [InlineData("Core")]
    [InlineData("Utils")]
    [InlineData("Helpers")]
    [InlineData("Abstractions")]
    [InlineData("Managers")]
    public void No_room_is_a_drawer(string name) =>
        Directory.EnumerateDirectories(Repository.PathOf("src"), $"*{name}*", SearchOption.AllDirectories)
            .Where(d => !d.Contains("/obj/") && !d.Contains("/bin/")).ShouldBeEmpty();
}
