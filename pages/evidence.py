from views.entrance import enter_page
from views.evidence import show

enter_page(show)
