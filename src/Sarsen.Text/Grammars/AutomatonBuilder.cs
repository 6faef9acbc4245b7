namespace Sarsen.Text.Grammars;

/// <summary>
/// Rules to an <see cref="Automaton"/>. Called are rules that lead back to themselves, one of each circle, and those that
/// are long and used more than once; all others are taken into their callers, because within one automaton the end of a
/// rule is known from what follows, and a mask needs no stack to be right.
/// </summary>
internal sealed class AutomatonBuilder
{
    // A rule beyond this many states is called where it is used twice: copies would fill MaxStates.
    private const long LongRule = 3000;

    private readonly IReadOnlyDictionary<string, Expression> _rules;
    private readonly CompileBudget _budget;
    private readonly HashSet<string> _called = new(StringComparer.Ordinal);
    private readonly List<State> _states = [];
    private readonly Dictionary<string, int> _starts = new(StringComparer.Ordinal);

    private AutomatonBuilder(IReadOnlyDictionary<string, Expression> rules, CompileBudget budget)
    {
        (_rules, _budget) = (rules, budget);
    }

    /// <exception cref="GrammarException">A rule is missing or calls itself before it reads anything, or the root matches no text.</exception>
    /// <exception cref="GrammarLimitException">A limit was exceeded.</exception>
    public static Automaton Build(IReadOnlyDictionary<string, Expression> rules, string root, CompileBudget budget)
    {
        var builder = new AutomatonBuilder(rules, budget);
        builder.ChooseCalled(root);
        var order = new List<string> { root };
        var thompson = new Thompson(rules, builder._called, budget);
        var calls = new List<(int State, string Rule, int Return)>();
        for (int i = 0; i < order.Count; i++)
        {
            (int first, int last) = thompson.Build(order[i]);
            builder._starts[order[i]] = builder.Determinise(thompson.Nodes, first, last, calls);
            thompson.Nodes.Clear();
            order.AddRange(calls.Select(c => c.Rule).Distinct().Except(order).ToArray());
        }
        foreach (IGrouping<int, (int State, string Rule, int Return)> group in calls.GroupBy(c => c.State))
        {
            builder._states[group.Key] = builder._states[group.Key] with
            {
                Calls = [.. group.Select(c => (builder._starts[c.Rule], c.Return)).Distinct()],
            };
        }
        builder.CheckLeftRecursion(order);
        return builder.Trimmed(builder._starts[root]);
    }

    // Depth first from the root: a rule that is met again while it is open closes a circle.
    private void ChooseCalled(string root)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        var uses = new Dictionary<string, int>(StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);
        Visit(root, 0);

        long Visit(string rule, int depth)
        {
            _budget.Step();
            if (depth > _budget.Limits.MaxDepth || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
                throw new GrammarLimitException(_budget.Source, "rules use each other too deeply");
            if (!_rules.TryGetValue(rule, out Expression? expression))
                throw _budget.Fail($"the rule '{rule}' is used, but not there");
            uses[rule] = uses.GetValueOrDefault(rule) + 1;
            if (open.Contains(rule))
                _called.Add(rule);
            else if (!sizes.ContainsKey(rule))
            {
                open.Add(rule);
                sizes[rule] = Size(expression, depth + 1);
                open.Remove(rule);
            }
            if (sizes.GetValueOrDefault(rule) > LongRule && uses[rule] > 1)
                _called.Add(rule);
            return _called.Contains(rule) ? 1 : sizes[rule];
        }

        // Bounded, so that no sum or product overflows.
        long Size(Expression expression, int depth) => Math.Min(1L << 40, expression switch
        {
            Bytes b => b.Value.Length,
            Scalar s => 1 + s.Set.Ranges.Count,
            Sequence s => s.Items.Sum(i => Size(i, depth)),
            Choice c => 1 + c.Items.Sum(i => Size(i, depth) + 1),
            Repeat r => 3 + (Size(r.Item, depth) * Math.Max(1L, r.Max ?? (r.Min + 1L))),
            Listing l => 4 + l.Items.Sum(i => Size(i.Item, depth) + Size(l.Separator, depth) + 4) + (l.More is null ? 0 : Size(l.More, depth)),
            Reference r => Visit(r.Rule, depth),
            _ => 1,
        });
    }

    // Subsets of the nondeterministic states; its calls are symbols like bytes.
    private int Determinise(List<Thompson.Node> nodes, int first, int last, List<(int State, string Rule, int Return)> calls)
    {
        var ids = new Dictionary<NodeSet, int>();
        var open = new Queue<(NodeSet Set, int Id)>();
        int start = Intern([first]);
        while (open.TryDequeue(out (NodeSet Set, int Id) next))
        {
            _budget.Step();
            _states[next.Id] = _states[next.Id] with { Edges = Edges(next.Set), Ends = Array.BinarySearch(next.Set.Nodes, last) >= 0 };
            foreach (IGrouping<string, int> call in next.Set.Nodes.SelectMany(n => nodes[n].Calls).GroupBy(c => c.Rule, c => c.Return))
                calls.Add((next.Id, call.Key, Intern(call)));
        }
        return start;

        int Intern(IEnumerable<int> kernel)
        {
            var set = new NodeSet(Closure(nodes, kernel));
            if (!ids.TryGetValue(set, out int id))
            {
                _budget.CountState();
                id = _states.Count;
                _states.Add(new State([], [], false));
                ids.Add(set, id);
                open.Enqueue((set, id));
            }
            return id;
        }

        (byte, byte, int)[] Edges(NodeSet set)
        {
            List<(byte First, byte Last, int Target)> all = [.. set.Nodes.SelectMany(n => nodes[n].Bytes)];
            if (all.Count == 0)
                return [];
            int[] cuts = [.. all.SelectMany(e => new[] { e.First, e.Last + 1 }).Distinct().Order()];
            var edges = new List<(byte First, byte Last, int Target)>();
            for (int i = 0; i + 1 < cuts.Length; i++)
            {
                int[] targets = [.. all.Where(e => e.First <= cuts[i] && cuts[i] <= e.Last).Select(e => e.Target)];
                if (targets.Length == 0)
                    continue;
                int target = Intern(targets);
                if (edges.Count > 0 && edges[^1].Target == target && edges[^1].Last + 1 == cuts[i])
                    edges[^1] = (edges[^1].First, (byte)(cuts[i + 1] - 1), target);
                else
                    edges.Add(((byte)cuts[i], (byte)(cuts[i + 1] - 1), target));
            }
            return [.. edges];
        }
    }

    private int[] Closure(List<Thompson.Node> nodes, IEnumerable<int> kernel)
    {
        var seen = new HashSet<int>(kernel);
        var open = new Stack<int>(seen);
        while (open.TryPop(out int node))
        {
            _budget.Step();
            foreach (int next in nodes[node].Empty)
            {
                if (seen.Add(next))
                    open.Push(next);
            }
        }
        return [.. seen.Order()];
    }

    // A rule that can call itself before it has read a byte would be called without end.
    private void CheckLeftRecursion(List<string> order)
    {
        HashSet<int> empty = EmptyStarts();
        HashSet<int> open = [], done = [];
        foreach (string rule in order)
            Visit(_starts[rule], rule);

        void Visit(int start, string rule)
        {
            if (done.Contains(start))
                return;
            if (!open.Add(start))
                throw _budget.Fail($"the rule '{rule}' can begin with itself (left recursion), which is not supported: write it with * or +");
            if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
                throw new GrammarLimitException(_budget.Source, "rules use each other too deeply");
            foreach (int call in LeftCalls(start, empty))
                Visit(call, rule);
            open.Remove(start);
            done.Add(start);
        }
    }

    private HashSet<int> EmptyStarts()
    {
        var empty = new HashSet<int>();
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (int start in _starts.Values)
                changed |= !empty.Contains(start) && Unread(start, empty).Any(s => _states[s].Ends) && empty.Add(start);
        }
        return empty;
    }

    private HashSet<int> LeftCalls(int start, HashSet<int> empty) => [.. Unread(start, empty).SelectMany(s => _states[s].Calls).Select(c => c.Start)];

    // States of the same rule that are reached without reading: by calls of rules that may be empty.
    private HashSet<int> Unread(int start, HashSet<int> empty)
    {
        var seen = new HashSet<int> { start };
        var open = new Stack<int>(seen);
        while (open.TryPop(out int state))
        {
            foreach ((int callee, int back) in _states[state].Calls)
            {
                if (empty.Contains(callee) && seen.Add(back))
                    open.Push(back);
            }
        }
        return seen;
    }

    // States from which no end can be reached go, so that a state that is left is always worth being in.
    private Automaton Trimmed(int start)
    {
        var live = new bool[_states.Count];
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int i = _states.Count - 1; i >= 0; i--)
            {
                State state = _states[i];
                if (live[i] || !(state.Ends || state.Edges.Any(e => live[e.Target]) || state.Calls.Any(c => live[c.Start] && live[c.Return])))
                    continue;
                live[i] = changed = true;
            }
            _budget.Step();
        }
        if (!live[start])
            throw _budget.Fail("it matches no text at all");
        return new Automaton(
            [.. _states.Select(s => s with
            {
                Edges = [.. s.Edges.Where(e => live[e.Target])],
                Calls = [.. s.Calls.Where(c => live[c.Start] && live[c.Return])],
            })],
            start);
    }

    private readonly struct NodeSet : IEquatable<NodeSet>
    {
        private readonly int _hash;

        public NodeSet(int[] nodes)
        {
            Nodes = nodes;
            var hash = new HashCode();
            foreach (int node in nodes)
                hash.Add(node);
            _hash = hash.ToHashCode();
        }

        public int[] Nodes { get; }

        public bool Equals(NodeSet other) => Nodes.AsSpan().SequenceEqual(other.Nodes);

        public override bool Equals(object? obj) => obj is NodeSet other && Equals(other);

        public override int GetHashCode() => _hash;
    }
}
