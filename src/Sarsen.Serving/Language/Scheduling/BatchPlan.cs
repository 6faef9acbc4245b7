namespace Sarsen.Serving.Language.Scheduling;

/// <summary>
/// Which tokens of which sequences the model runs next: first the one that each answer needs to go on, then of prompts as many
/// as fit, those of the highest priority and of these the oldest first, so that those that came together are not all answered
/// with the last. Where a sequence needs blocks and there are none, the last one gives its own back, be it itself.
/// </summary>
/// <param name="options">How many.</param>
internal sealed class BatchPlan(LanguageEngineOptions options)
{
    private readonly List<BatchPart> _parts = [];
    private readonly List<RunningSequence> _order = [];

    public IReadOnlyList<BatchPart> Parts => _parts;

    /// <summary>Plans the next run; empty where nothing can be run.</summary>
    /// <param name="running">The sequences: those of a higher priority first, of one priority the oldest first.</param>
    /// <param name="preempt">Told of one that gave its blocks back, and is taken up again later.</param>
    public void Fill(List<RunningSequence> running, Action<RunningSequence> preempt)
    {
        _parts.Clear();
        // A sequence that gives its blocks back leaves the list meanwhile.
        _order.Clear();
        _order.AddRange(running);
        foreach (RunningSequence sequence in _order)
        {
            if (sequence.Pending != 1 || !running.Contains(sequence))
                continue;
            (int at, int drafts) = PromptLookup.Guess(sequence.Tokens, Math.Min(options.DraftTokens, Room(sequence)));
            if (!Reserve(sequence, 1 + drafts, running, preempt))
                continue;
            _parts.Add(new BatchPart(sequence, 1, drafts, at));
        }
        // Answers take nothing from it: a prompt that would fit is not kept for one token more, and those behind it with it.
        int budget = options.BatchTokens;
        foreach (RunningSequence sequence in _order)
        {
            if (budget == 0 || sequence.Pending == 1 || !running.Contains(sequence))
                continue;
            sequence.Match();
            int count = Math.Min(budget, sequence.Pending);
            if (!Reserve(sequence, count, running, preempt))
                continue;
            _parts.Add(new BatchPart(sequence, count, 0, 0));
            budget -= count;
        }
        // Who gave its blocks back after it was planned cannot be run.
        _parts.RemoveAll(part => !running.Contains(part.Sequence));
    }

    /// <summary>The last one gives its blocks back and leaves.</summary>
    public static RunningSequence PreemptLast(List<RunningSequence> running, Action<RunningSequence> preempt)
    {
        RunningSequence last = running[^1];
        running.RemoveAt(running.Count - 1);
        last.Release();
        preempt(last);
        return last;
    }

    /// <summary>Guesses that make no sense any more where an answer ends before.</summary>
    private static int Room(RunningSequence sequence) => Math.Max(0, sequence.Answer.Left - 1);

    private static bool Reserve(RunningSequence sequence, int count, List<RunningSequence> running, Action<RunningSequence> preempt)
    {
        while (!sequence.TryReserve(count))
        {
            if (PreemptLast(running, preempt) == sequence)
                return false;
        }
        return true;
    }
}
