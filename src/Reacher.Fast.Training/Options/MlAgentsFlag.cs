using Reacher.Fast.Core;

namespace Reacher.Fast.Training.Options;

/// <summary>A flag of <c>mlagents-learn</c> that this program takes and does not use.</summary>
/// <param name="Name">The flag itself, such as <c>--num-areas</c>.</param>
/// <param name="Path">The key that it stands for, in <see cref="MlAgentsKeys"/>.</param>
/// <param name="Instead">One clause: what happens instead.</param>
/// <param name="IsSwitch">Whether it stands without a value.</param>
internal sealed record MlAgentsFlag(string Name, string Path, string Instead, bool IsSwitch)
{
    /// <summary>The sentence that the key gets in a file, for the flag with this value; null where it changes nothing.</summary>
    /// <exception cref="InputException">The key is refused.</exception>
    public string? Warning(string text)
    {
        if (!MlAgentsKeys.TryFind(Path, new YamlScalar(0, text), out string? instead) || instead is null)
        {
            return null;
        }

        return MlAgentsKeys.IsRefused(Path)
            ? throw new InputException($"{Name} cannot be used here: {instead}.")
            : $"{Name} is not used here: {instead}.";
    }
}
