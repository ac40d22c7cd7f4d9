"""The generated parts of the documentation: written from the code, compared with it by the tests."""
