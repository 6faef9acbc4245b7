using System.Globalization;
using Sarsen.Tensors;

namespace Sarsen.Data.Splits;

/// <summary>The folds of a cross-validation, of the sizes and proportions that scikit-learn's KFold and StratifiedKFold give.</summary>
public static class Folds
{
    /// <summary>k folds of consecutive indices, or of shuffled ones; the first n mod k folds have one more.</summary>
    /// <param name="count">n.</param>
    /// <param name="folds">k, at least 2 and at most n.</param>
    /// <param name="seed">Null: in order.</param>
    /// <exception cref="DataException">There are fewer rows than folds.</exception>
    public static IReadOnlyList<Fold> KFold(long count, int folds, ulong? seed = null)
    {
        Check(count, folds);
        KeyedPermutation? order = seed is { } s ? new KeyedPermutation(count, new RngKey(s, "folds")) : null;
        int[] foldOf = new int[count];
        for (long place = 0, fold = 0, end = 0; fold < folds; fold++)
        {
            for (end += count / folds + (fold < count % folds ? 1 : 0); place < end; place++)
                foldOf[order is { } shuffled ? shuffled[place] : place] = (int)fold;
        }
        return Make(foldOf, folds);
    }

    /// <summary>
    /// k folds, each with the classes in the same proportions: fold f of class c has as many as every k-th element from f
    /// on of the sorted classes is c. Within a class, consecutive indices, or shuffled ones.
    /// </summary>
    /// <param name="classes">The class of each index.</param>
    /// <param name="folds">k, at least 2; each class must have as many members.</param>
    /// <param name="seed">Null: in order.</param>
    /// <exception cref="DataException">A class has fewer members than there are folds.</exception>
    public static IReadOnlyList<Fold> StratifiedKFold(IReadOnlyList<int> classes, int folds, ulong? seed = null)
    {
        Check(classes.Count, folds);
        // Classes are taken in the order in which they appear first, as scikit-learn numbers them.
        IEnumerable<IGrouping<int, long>> groups = Enumerable.Range(0, classes.Count).GroupBy(i => classes[i], i => (long)i);
        int[] foldOf = new int[classes.Count];
        long start = 0;
        foreach (IGrouping<int, long> group in groups)
        {
            (int label, long[] members) = (group.Key, [.. group]);
            if (members.Length < folds)
                throw new DataException($"folds: class {label} has {members.Length} rows, fewer than {folds} folds: some fold would have none; use fewer folds, or do not stratify");
            KeyedPermutation? shuffle = seed is { } s ? new KeyedPermutation(members.Length, new RngKey(s, "folds").Child(label.ToString(CultureInfo.InvariantCulture))) : null;
            long next = 0;
            for (int fold = 0; fold < folds; fold++)
            {
                // Places start .. start + members of the sorted classes that are fold modulo k.
                long share = Congruent(start + members.Length, fold, folds) - Congruent(start, fold, folds);
                for (long end = next + share; next < end; next++)
                    foldOf[members[shuffle is { } shuffled ? shuffled[next] : next]] = fold;
            }
            start += members.Length;
        }
        return Make(foldOf, folds);
    }

    /// <summary>
    /// k folds of whole groups: the largest first, each into the fold that has least, as scikit-learn's GroupKFold; of
    /// equal groups that which appears first, of equal folds the first.
    /// </summary>
    /// <param name="groups">The group of each index.</param>
    /// <param name="folds">k, at least 2 and at most the number of groups.</param>
    /// <exception cref="DataException">There are fewer groups than folds.</exception>
    public static IReadOnlyList<Fold> GroupKFold(IReadOnlyList<int> groups, int folds)
    {
        Check(groups.Count, folds);
        (int Group, int Size)[] sizes = [.. groups.CountBy(g => g).Select(e => (e.Key, e.Value)).OrderByDescending(e => e.Value)];
        if (sizes.Length < folds)
            throw new DataException($"folds: {sizes.Length} groups are fewer than {folds} folds; use fewer folds, or another column for groups");
        long[] held = new long[folds];
        var foldOf = new Dictionary<int, int>();
        foreach ((int group, int size) in sizes)
        {
            int least = held.IndexOf(held.Min());
            held[least] += size;
            foldOf.Add(group, least);
        }
        return Make([.. groups.Select(g => foldOf[g])], folds);
    }

    // How many of 0 .. end - 1 are fold modulo k.
    private static long Congruent(long end, int fold, int folds) => end <= fold ? 0 : (end - fold - 1) / folds + 1;

    private static void Check(long count, int folds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (count < folds)
            throw new DataException($"folds: {count} rows are fewer than {folds} folds; use fewer folds, or give more rows");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength);
    }

    private static Fold[] Make(int[] foldOf, int folds)
    {
        var made = new Fold[folds];
        for (int fold = 0; fold < folds; fold++)
        {
            var training = new List<long>();
            var heldOut = new List<long>();
            for (int i = 0; i < foldOf.Length; i++)
                (foldOf[i] == fold ? heldOut : training).Add(i);
            made[fold] = new Fold(training, heldOut);
        }
        return made;
    }
}
