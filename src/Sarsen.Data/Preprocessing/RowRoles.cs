using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing;

/// <summary>What the raw columns are for, as a <see cref="DataSpec"/> says.</summary>
internal static class RowRoles
{
    /// <summary>
    /// Features are the columns that are named, in that order; else all but the target and those that only say how to
    /// split. A sequence of rows has its target among its features where none are named: its past is known.
    /// </summary>
    /// <exception cref="DataException">A named column is absent.</exception>
    public static StepInput Of(DataSpec spec, Schema schema, bool sequences)
    {
        foreach (string name in spec.Target.Concat(spec.Features ?? []))
        {
            if (schema.IndexOf(name) < 0)
                throw StepInput.Absent("data", name, schema);
        }
        string?[] splitting = [spec.Split.GroupBy, spec.Split.OrderBy, spec.Split.Column];
        string[] features = spec.Features is { } named
            ? [.. named.Distinct()]
            : [.. schema.Columns.Select(c => c.Name).Where(n => !splitting.Contains(n) && (sequences || !spec.Target.Contains(n)))];
        string[] targetsOnly = [.. spec.Target.Except(features)];
        ColumnInfo[] columns = [.. features.Concat(targetsOnly).Select(n => schema.Columns[schema.IndexOf(n)])];
        if (!sequences && spec.Features is { } && spec.Target.Intersect(features).FirstOrDefault() is { } both)
            throw new DataException($"data: column '{both}' is a feature and the target: the model would only copy it; take it out of 'features'");
        return new StepInput(new Schema(columns), [.. spec.Target.Distinct()], targetsOnly);
    }
}
