namespace Reacher.Fast.Training.Options;

/// <summary>
/// <c>--env-args</c>, which ends this program's own flags: whatever follows it is the Unity player's, also what looks like a flag of ours.
/// The parser has no such flags, so all that follows is handed to it as one value.
/// </summary>
internal static class PlayerArguments
{
    public const string Flag = "--env-args";

    // No argument of a process can hold this character.
    private const char Separator = '\0';

    /// <summary>
    /// The command line with what follows the flag as the flag's one value: each argument between two separators, which is a value also
    /// for none.
    /// </summary>
    public static string[] Pack(string[] arguments)
    {
        int flag = Array.IndexOf(arguments, Flag);
        return flag < 0
            ? arguments
            : [.. arguments[..flag], Flag + "=" + Separator + string.Concat(arguments[(flag + 1)..].Select(argument => argument + Separator))];
    }

    /// <summary>The player's arguments in the flag's value, or in a file's one text.</summary>
    public static IReadOnlyList<string> Unpack(string packed) =>
        packed.StartsWith(Separator) ? packed.Split(Separator)[1..^1] : [packed];
}
