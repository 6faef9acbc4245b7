namespace Sarsen.Nn;

public abstract partial class Module
{
    /// <summary>
    /// Leaves parameters as they are from here on: they get no gradient, and operations before the first trained one keep nothing for
    /// backward. Buffers, a batch norm's running statistics, still move in training. Do it before the optimizer is made.
    /// </summary>
    /// <param name="patterns">Their names within this module: see <see cref="NamePattern"/>.</param>
    /// <returns>How many parameters are frozen by it.</returns>
    /// <exception cref="ArgumentException">A pattern is that of no parameter.</exception>
    public int Freeze(params IReadOnlyList<string> patterns) => SetTrained(patterns, trained: false);

    /// <summary>Trains parameters again.</summary>
    /// <inheritdoc cref="Freeze"/>
    public int Unfreeze(params IReadOnlyList<string> patterns) => SetTrained(patterns, trained: true);

    private int SetTrained(IReadOnlyList<string> patterns, bool trained)
    {
        // Names from this module on: those of State begin at the root.
        int skip = _path.Length == 0 ? 0 : _path.Length + 1;
        var parameters = State().Where(s => s.Parameter is not null).Select(s => (Name: s.Name[skip..], Parameter: s.Parameter!)).ToList();
        int count = 0;
        foreach (string pattern in patterns)
        {
            var found = parameters.Where(p => NamePattern.Matches(pattern, p.Name)).ToList();
            if (found.Count == 0)
                throw new ArgumentException($"no parameter is named like '{pattern}'; there are {string.Join(", ", parameters.Take(8).Select(p => p.Name))}{(parameters.Count > 8 ? ", …" : "")}", nameof(patterns));
            foreach ((_, Parameter parameter) in found)
            {
                count += parameter.RequiresGrad == trained ? 0 : 1;
                parameter.RequiresGrad = trained;
            }
        }
        return count;
    }
}
