using Reacher.Fast.Core;
using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Training.Extensions;

/// <summary>The optional assembly <c>Reacher.Fast.Torch</c>, which learns on TorchSharp.</summary>
internal static class TorchAssembly
{
    private const string Name = "Reacher.Fast.Torch";

    /// <summary>Whether there is one, of whatever version.</summary>
    public static bool IsThere => OptionalAssembly.IsThere(Name);

    /// <summary>Loads it; libtorch is loaded only by what it makes.</summary>
    /// <param name="device">The device that it is needed for.</param>
    /// <exception cref="InputException">It is missing, of another version than this program, or cannot be used.</exception>
    public static ILearnerBackend Load(string device) => OptionalAssembly.Create<ILearnerBackend>(Name, $"To learn on the device '{device}'");
}
