using System.Runtime.CompilerServices;

namespace Sarsen.Text.Grammars;

/// <summary>
/// The pushdown automaton run over bytes, made deterministic as it goes: sets of readings are made once, with the way from
/// one to the next, and shared by all threads. Past its bytes the table begins a new era: no set leads to another any more, so
/// that all go but for those in use, whose way on is found again.
/// </summary>
internal sealed class ReadingTable
{
    // Measured on 64 bits: a set with its place in the table, an item of it, its links; a stack with its place in the table.
    private const int SetBytes = 168, ItemBytes = 16, LinkBytes = 2096, StackBytes = 112;

    private readonly Automaton _automaton;
    private readonly CompileBudget _budget;
    private readonly Lock _lock = new();
    private readonly Dictionary<SetKey, Readings> _sets = [];
    private readonly Dictionary<(int, CallStack?), CallStack> _stacks = new(new StackComparer());

    // Those that lead somewhere, sets in use of an earlier era among them.
    private readonly List<Readings> _linked = [];
    private readonly List<CallStack> _returned = [];
    private long _bytes;
    private int _era;

    public ReadingTable(Automaton automaton, CompileBudget budget)
    {
        (_automaton, _budget) = (automaton, budget);
        lock (_lock)
            Start = Close([(automaton.Start, null)]);
    }

    public Automaton Automaton => _automaton;

    /// <summary>Bytes of what is kept.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Before the first byte.</summary>
    public Readings Start { get; }

    /// <exception cref="GrammarLimitException">The text can be read in more ways than <see cref="GrammarLimits.MaxReadings"/>.</exception>
    public Readings After(Readings readings, byte b) => readings.Known(b) ?? Find(readings, b);

    /// <summary>A state by itself, entered with what it returns to unknown.</summary>
    public static Readings Alone(int state) => new([new Reading(state, CallStack.Unknown)], false, false);

    /// <summary>The readings after a rule's end.</summary>
    public Readings Returned(CallStack stack)
    {
        if (stack.Returned is { } known)
            return known;
        lock (_lock)
        {
            BeginAnewWhereFull();
            Readings returned = Close([(stack.Return, OfThisEra(stack.Outer))]);
            _returned.Add(stack);
            return stack.Returned = returned;
        }
    }

    private Readings Find(Readings readings, byte b)
    {
        lock (_lock)
        {
            BeginAnewWhereFull();
            var kernel = new List<(int, CallStack?)>();
            foreach (Reading reading in readings.Items)
            {
                int next = _automaton.States[reading.State].After(b);
                if (next >= 0)
                    kernel.Add((next, OfThisEra(reading.Stack)));
            }
            Readings after = Close(kernel);
            if (readings.Keep(b, after))
            {
                _linked.Add(readings);
                _bytes += LinkBytes;
            }
            return after;
        }
    }

    // Never within a step, whose stacks must be of one era.
    private void BeginAnewWhereFull()
    {
        if (_bytes <= _budget.Limits.TableBytes)
            return;
        foreach (Readings readings in _linked)
            readings.Forget();
        foreach (CallStack stack in _returned)
            stack.Returned = null;
        _linked.Clear();
        _returned.Clear();
        _sets.Clear();
        _stacks.Clear();
        _bytes = 0;
        _era++;
    }

    // Equal stacks are one object, or sets that are equal would be taken for different ones.
    private CallStack? OfThisEra(CallStack? stack) =>
        stack is null || stack.Era == _era || ReferenceEquals(stack, CallStack.Unknown) ? stack : Push(stack.Return, OfThisEra(stack.Outer));

    // Everything that can be reached without a byte: calls go in, ends go out.
    private Readings Close(List<(int State, CallStack? Stack)> kernel)
    {
        var seen = new HashSet<(int, CallStack?)>(kernel);
        var open = new Stack<(int State, CallStack? Stack)>(kernel.Distinct());
        var items = new List<Reading>();
        bool ends = false, returns = false;
        while (open.TryPop(out (int State, CallStack? Stack) at))
        {
            State state = _automaton.States[at.State];
            if (state.Edges.Length > 0)
                items.Add(new Reading(at.State, at.Stack));
            if (state.Ends)
            {
                if (at.Stack is null)
                    ends = true;
                else if (ReferenceEquals(at.Stack, CallStack.Unknown))
                    returns = true;
                else
                    Add((at.Stack.Return, at.Stack.Outer));
            }
            foreach ((int start, int back) in state.Calls)
            {
                // What only ends needs no return: lists by right recursion take no stack.
                State returned = _automaton.States[back];
                if (returned is { Ends: true, Edges: [], Calls: [] })
                    Add((start, at.Stack));
                else if ((at.Stack?.Depth ?? 0) < _budget.Limits.MaxDepth)
                    Add((start, Push(back, at.Stack)));
            }
        }
        return Intern([.. items.OrderBy(i => i.State)], ends, returns);

        void Add((int, CallStack?) next)
        {
            if (!seen.Add(next))
                return;
            // Checked as they come: rules that may be empty can double them at each level.
            if (seen.Count > _budget.Limits.MaxReadings)
                throw new GrammarLimitException(_budget.Source, $"the text can be read in more than {_budget.Limits.MaxReadings} ways: make the grammar less ambiguous");
            open.Push(next);
        }
    }

    private CallStack Push(int back, CallStack? outer)
    {
        if (!_stacks.TryGetValue((back, outer), out CallStack? stack))
        {
            _stacks.Add((back, outer), stack = new CallStack(back, outer, _era));
            _bytes += StackBytes;
        }
        return stack;
    }

    private Readings Intern(Reading[] items, bool ends, bool returns)
    {
        var key = new SetKey(items, ends, returns);
        if (_sets.TryGetValue(key, out Readings? known))
            return known;
        var made = new Readings(items, ends, returns);
        _sets.Add(key, made);
        _bytes += SetBytes + (ItemBytes * items.Length);
        return made;
    }

    private sealed class StackComparer : IEqualityComparer<(int, CallStack?)>
    {
        public bool Equals((int, CallStack?) a, (int, CallStack?) b) => a.Item1 == b.Item1 && ReferenceEquals(a.Item2, b.Item2);

        public int GetHashCode((int, CallStack?) key) => HashCode.Combine(key.Item1, key.Item2 is null ? 0 : RuntimeHelpers.GetHashCode(key.Item2));
    }

    private readonly struct SetKey : IEquatable<SetKey>
    {
        private readonly Reading[] _items;
        private readonly bool _ends, _returns;
        private readonly int _hash;

        public SetKey(Reading[] items, bool ends, bool returns)
        {
            (_items, _ends, _returns) = (items, ends, returns);
            // Without regard to order: readings of one state may come in any.
            int hash = HashCode.Combine(ends, returns, items.Length);
            foreach (Reading item in items)
                hash += HashCode.Combine(item.State, item.Stack is null ? 0 : RuntimeHelpers.GetHashCode(item.Stack));
            _hash = hash;
        }

        public bool Equals(SetKey other) =>
            _hash == other._hash && _ends == other._ends && _returns == other._returns && _items.Length == other._items.Length
            && _items.All(i => Array.Exists(other._items, o => o.State == i.State && ReferenceEquals(o.Stack, i.Stack)));

        public override bool Equals(object? obj) => obj is SetKey other && Equals(other);

        public override int GetHashCode() => _hash;
    }
}
