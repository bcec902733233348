import Digesting
