namespace Reacher.Fast.Runner.Configuration;

/// <summary>
/// <c>--env-args</c>, which ends this program's own flags: whatever follows it is the Unity player's, also what looks like a flag of ours.
/// The parser has no such flags, so all that follows is handed to it as one value.
/// </summary>
internal static class PlayerArguments
{
    public const string Flag = "--env-args";

    // No argument of a process can hold it.
    private const char Separator = '\0';

    /// <summary>The command line with what follows the flag as the flag's one value.</summary>
    public static string[] Pack(string[] arguments)
    {
        int flag = Array.IndexOf(arguments, Flag);
        return flag < 0 ? arguments : [.. arguments[..flag], Flag + "=" + string.Concat(arguments[(flag + 1)..].Select(argument => argument + Separator))];
    }

    /// <summary>The player's arguments in the flag's value.</summary>
    public static IReadOnlyList<string> Unpack(string packed) =>
        packed.Contains(Separator, StringComparison.Ordinal) ? packed.Split(Separator)[..^1] : packed.Length == 0 ? [] : [packed];
}
