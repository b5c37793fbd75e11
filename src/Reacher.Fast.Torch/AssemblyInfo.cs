using System.Runtime.CompilerServices;

// Every struct that crosses into native code is blittable; a `bool` or `string` in a signature is an error, not a copy.
[assembly: DisableRuntimeMarshalling]
