namespace Sarsen.Serving.Language.Tools;

/// <summary>What a text that may be a call begins with.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Characters before its arguments; or of all of it, where it is whole.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Of a whole call.</param>
internal readonly record struct CallHead(CallHead.Is Kind, int Length = 0, string Name = "", string Arguments = "")
{
    public enum Is
    {
        /// <summary>No call.</summary>
        None,

        /// <summary>More must come to know.</summary>
        Undecided,

        /// <summary>A call, whose arguments follow.</summary>
        Open,

        /// <summary>A call whose arguments stand before its name, or in a text, or nowhere, so that it is known when all of it is there.</summary>
        Whole,
    }

    public static CallHead None { get; } = new(Is.None);

    public static CallHead Undecided { get; } = new(Is.Undecided);

    public static CallHead Open(string name, int length) => new(Is.Open, length, name);

    public static CallHead Whole(int length, string name, string arguments) => new(Is.Whole, length, name, arguments);

    /// <summary>The same behind so many characters more.</summary>
    public CallHead Behind(int characters) => this with { Length = Length + characters };
}
