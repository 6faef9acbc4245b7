namespace Sarsen.Text.Grammars;

/// <summary>
/// Expressions as a nondeterministic automaton, by Thompson's construction: each has one state in and one out. References
/// are calls where the rule must be called, else the rule's expression stands in their place.
/// Source: Thompson, Regular Expression Search Algorithm, CACM 11(6), 1968.
/// </summary>
internal sealed class Thompson(IReadOnlyDictionary<string, Expression> rules, IReadOnlySet<string> called, CompileBudget budget)
{
    public List<Node> Nodes { get; } = [];

    /// <summary>A rule by itself: its first state and its last.</summary>
    public (int First, int Last) Build(string rule)
    {
        int first = Add();
        return (first, Append(rules[rule], first));
    }

    private int Add()
    {
        budget.CountState();
        Nodes.Add(new Node());
        return Nodes.Count - 1;
    }

    // The state after the expression, when it begins in a state.
    private int Append(Expression expression, int from)
    {
        switch (expression)
        {
            case Bytes bytes:
                foreach (byte b in bytes.Value)
                {
                    int next = Add();
                    Nodes[from].Bytes.Add((b, b, next));
                    from = next;
                }
                return from;
            case Scalar scalar:
                return AppendScalar(scalar.Set, from);
            case Sequence sequence:
                foreach (Expression item in sequence.Items)
                    from = Append(item, from);
                return from;
            case Choice choice:
                int joined = Add();
                foreach (Expression item in choice.Items)
                    Nodes[Append(item, Branch(from))].Empty.Add(joined);
                return joined;
            case Repeat repeat:
                return AppendRepeat(repeat, from);
            case Listing listing:
                return AppendListing(listing, from);
            case Reference reference when called.Contains(reference.Rule):
                int after = Add();
                Nodes[from].Calls.Add((reference.Rule, after));
                return after;
            case Reference reference:
                return Append(rules[reference.Rule], from);
            default:
                throw new InvalidOperationException($"no expression: {expression.GetType().Name}");
        }
    }

    private int Branch(int from)
    {
        int branch = Add();
        Nodes[from].Empty.Add(branch);
        return branch;
    }

    private int AppendScalar(ScalarSet set, int from)
    {
        int after = Add();
        foreach ((int first, int last) in set.Ranges)
        {
            foreach ((byte First, byte Last)[] block in Utf8Ranges.Of(first, last))
            {
                int at = from;
                for (int i = 0; i < block.Length; i++)
                {
                    int next = i == block.Length - 1 ? after : Add();
                    Nodes[at].Bytes.Add((block[i].First, block[i].Last, next));
                    at = next;
                }
            }
        }
        return after;
    }

    private int AppendRepeat(Repeat repeat, int from)
    {
        for (int i = 0; i < repeat.Min; i++)
            from = Append(repeat.Item, from);
        if (repeat.Max is not { } most)
        {
            int loop = Branch(from);
            int end = Append(repeat.Item, Branch(loop));
            Nodes[end].Empty.Add(loop);
            return Branch(loop);
        }
        var exits = new List<int> { from };
        for (int i = repeat.Min; i < most; i++)
        {
            from = Append(repeat.Item, Branch(from));
            exits.Add(from);
        }
        int after = Add();
        foreach (int exit in exits)
            Nodes[exit].Empty.Add(after);
        return after;
    }

    // Two ways through the items: nothing was written yet, or something was and a separator comes first.
    private int AppendListing(Listing listing, int from)
    {
        int none = Branch(from), some = Add();
        foreach ((Expression item, bool required) in listing.Items)
        {
            int begin = Add();
            Nodes[none].Empty.Add(begin);
            Nodes[Append(listing.Separator, Branch(some))].Empty.Add(begin);
            int end = Append(item, begin), nextNone = Add(), nextSome = Add();
            Nodes[end].Empty.Add(nextSome);
            if (!required)
            {
                Nodes[none].Empty.Add(nextNone);
                Nodes[some].Empty.Add(nextSome);
            }
            (none, some) = (nextNone, nextSome);
        }
        if (listing.More is { } more)
        {
            int begin = Add();
            Nodes[none].Empty.Add(begin);
            Nodes[Append(listing.Separator, Branch(some))].Empty.Add(begin);
            Nodes[Append(more, begin)].Empty.Add(some);
        }
        int after = Add();
        Nodes[none].Empty.Add(after);
        Nodes[some].Empty.Add(after);
        return after;
    }

    /// <summary>A state: edges that read bytes, edges that read nothing, and calls.</summary>
    internal sealed class Node
    {
        public List<(byte First, byte Last, int Target)> Bytes { get; } = [];

        public List<int> Empty { get; } = [];

        public List<(string Rule, int Return)> Calls { get; } = [];
    }
}
